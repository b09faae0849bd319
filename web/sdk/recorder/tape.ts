import { SILENCE, encode } from './mulaw'
import type { Ending, Seal, Segment, TimelineEvent } from './segment'

/** Half a second. */
export const SEGMENT = 4000
/** So many segments may wait to be sealed and stored: ten seconds. Beyond, there is a gap. */
const BACKLOG = 20
/** As the format has it. */
const DAY = 24 * 3600 * 8000

/** Where sealed segments go. */
export type Store = (seq: number, sealed: Uint8Array) => Promise<void>

type Undated = TimelineEvent extends infer E ? (E extends TimelineEvent ? Omit<E, 'at'> : never) : never

/**
 * Puts sound and events into segments, has them sealed one after the other, and
 * hands them on. Nothing waits for that: when sealing or storing does not keep
 * up, there is silence of the same length, told as a gap.
 */
export class Tape {
  /** Settles when all is stored; rejects if something could not be. */
  readonly done: Promise<void>
  readonly #seal: Seal
  readonly #store: Store
  #sound = new Uint8Array(2 * SEGMENT)
  #filled = 0
  #audible = false
  /** Sample pairs before #sound that are lost to overload. */
  #lost = 0
  #start = 0
  #seq = 0
  #events: TimelineEvent[] = []
  #waiting = 0
  #last: Promise<void> = Promise.resolve()
  #over = false
  #settle!: { resolve(): void; reject(error: unknown): void }

  /** The first segment is sealed at once: what cannot be sealed does not begin. */
  constructor(seal: Seal, store: Store) {
    this.#seal = seal
    this.#store = store
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.done.catch(() => {})
    this.#flush()
  }

  /** Sample pairs so far. */
  get position(): number {
    return this.#start + this.#lost + this.#filled
  }

  /** Adds sound of both channels at 8000 Hz; one that is not given is silent. */
  push(length: number, one: Float32Array | undefined, two: Float32Array | undefined): void {
    for (let i = 0; i < length && !this.#over; i++) {
      this.#sound[2 * this.#filled] = one ? encode(one[i]!) : SILENCE
      this.#sound[2 * this.#filled + 1] = two ? encode(two[i]!) : SILENCE
      this.#filled++
      if (one || two) this.#audible = true
      if (this.#filled === SEGMENT) this.#full()
    }
  }

  /** Adds silence in place of what was never heard. */
  gap(samples: number): void {
    if (this.#over || samples <= 0) return
    this.#flush()
    this.event({ type: 'gap', reason: 'late', samples })
    this.#submit(samples)
  }

  /** Puts something on the timeline, now. */
  event(event: Undated): void {
    if (!this.#over) this.#events.push({ ...event, at: this.position } as TimelineEvent)
  }

  end(why: Ending): Promise<void> {
    if (!this.#over) this.#flush(why)
    return this.done
  }

  #full(): void {
    if (this.position >= DAY) return this.#flush('failed')
    if (this.#waiting < BACKLOG) return this.#flush()
    this.#lost += this.#filled
    this.#clear()
  }

  #flush(end?: Ending): void {
    if (this.#lost > 0) {
      const samples = this.#lost
      this.#lost = 0
      this.#events.push({ type: 'gap', reason: 'overload', at: this.#start, samples })
      this.#submit(samples)
    }
    const sound = this.#audible ? this.#sound.slice(0, 2 * this.#filled) : undefined
    if (this.#filled > 0 || end || this.#seq === 0) this.#submit(this.#filled, sound, end)
    this.#clear()
    if (end) {
      this.#over = true
      void this.#last.then(() => this.#settle.resolve())
    }
  }

  #clear(): void {
    this.#sound.fill(0)
    this.#filled = 0
    this.#audible = false
  }

  #submit(samples: number, sound?: Uint8Array, end?: Ending): void {
    const segment: Segment = { seq: this.#seq++, start: this.#start, samples, events: this.#events, ...(end ? { end } : {}), ...(sound ? { sound } : {}) }
    this.#start += samples
    this.#events = []
    this.#waiting++
    this.#last = this.#last.then(async () => {
      const sealed = await this.#seal(segment)
      segment.sound?.fill(0)
      await this.#store(segment.seq, sealed)
      this.#waiting--
    })
    this.#last.catch((error: unknown) => {
      // What follows a segment that is missing would be of no use to wait for.
      this.#over = true
      this.#clear()
      this.#settle.reject(error)
    })
  }
}
