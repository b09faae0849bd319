import { pausedOn } from '../pages'
import type { DuringCapture } from '../recorder-types'
import type { Leg, LegInfo, PageRule } from '../types'
import type { Why } from './segment'
import type { Tape } from './tape'

/**
 * The last sound that press-to-talk let through is heard a while after it is
 * known to be over: it waits in the jitter buffer.
 */
const TALK_TAIL_MS = 1000

const LEG_ID = /^leg_[0-9a-z]{24}$/
const CAPTURE_ID = /^cap_[0-9a-z]{24}$/

/**
 * Follows a leg on behalf of its recording: what stands on the timeline, and what
 * of the sound may be kept.
 */
export class Follower {
  readonly #leg: Leg
  readonly #tape: Tape
  readonly #during: DuringCapture
  readonly #pages: PageRule | undefined
  readonly #pauses = new Set<Why>()
  readonly #present = new Map<string, LegInfo>()
  readonly #offs: (() => void)[]
  readonly #changed: () => void
  /** Who asked for a pause. */
  readonly #asked = { server: false, here: false }
  #capture: string | undefined
  /** What came before is not known. */
  #pausedUntil = Date.now()
  #talks = false
  #talkedUntil = -Infinity
  #byPage = false

  constructor(leg: Leg, tape: Tape, during: DuringCapture, pages: PageRule | undefined, changed: () => void) {
    this.#leg = leg
    this.#tape = tape
    this.#during = during
    this.#pages = pages
    this.#changed = changed
    this.#offs = [
      leg.on('legs', () => this.#parties()),
      leg.on('masking', () => {
        this.#talk(Date.now())
        this.#captures()
      }),
      leg.on('capture', () => this.#captures()),
      leg.on('recording', () => this.#server()),
      leg.on('page', () => this.#page()),
    ]
    this.#parties()
    this.#talk(Date.now())
    this.#captures()
    this.#server()
    this.#page()
  }

  /** Why nothing is kept now. */
  get pauses(): ReadonlySet<Why> {
    return this.#pauses
  }

  /**
   * Which channels of sound that began at a time of day may be kept. All that was
   * so from then until now counts: the page's thread may have been blocked, and
   * what it is told then comes in any order.
   */
  keeps(from: number): { one: boolean; two: boolean } {
    this.#talk(Date.now())
    const one = this.#pauses.size === 0 && from >= this.#pausedUntil
    return { one, two: one && from >= this.#talkedUntil + TALK_TAIL_MS }
  }

  /** Press-to-talk may let through what no recording may have. */
  #talk(now: number): void {
    const { masking, listening } = this.#leg
    const talks = listening || (masking.armed && masking.mode === 'mute')
    if (talks || this.#talks) this.#talkedUntil = now
    this.#talks = talks
  }

  pause(why: Why, on: boolean): void {
    if (this.#pauses.has(why) === on) return
    if (on) this.#pauses.add(why)
    else this.#pauses.delete(why)
    if (this.#pauses.size === 0) this.#pausedUntil = Date.now()
    this.#tape.event({ type: on ? 'paused' : 'resumed', reason: why })
    this.#changed()
  }

  close(): void {
    for (const off of this.#offs) off()
    if (this.#capture !== undefined) this.#tape.event({ type: 'capture_ended', capture_id: this.#capture })
  }

  #parties(): void {
    for (const leg of this.#leg.legs) {
      if (!LEG_ID.test(leg.legId)) continue
      const there = leg.state === 'connected'
      if (there === this.#present.has(leg.legId)) continue
      if (there) this.#present.set(leg.legId, leg)
      else this.#present.delete(leg.legId)
      this.#tape.event({ type: there ? 'leg_joined' : 'leg_left', leg_id: leg.legId, role: leg.role })
    }
  }

  /** A capture is one as long as masking is armed for it. */
  #captures(): void {
    const { masking, capture } = this.#leg
    const id = masking.armed ? capture?.captureId : undefined
    const now = id !== undefined && CAPTURE_ID.test(id) ? id : undefined
    if (now !== this.#capture) {
      if (this.#capture !== undefined) this.#tape.event({ type: 'capture_ended', capture_id: this.#capture })
      if (now !== undefined) this.#tape.event({ type: 'capture_started', capture_id: now })
      this.#capture = now
    }
    this.#byCapture()
  }

  #byCapture(): void {
    const { masking, recording } = this.#leg
    const here = this.#during !== 'masked' && masking.armed
    this.pause('capture', here || (recording?.state === 'paused' && recording.reason === 'capture'))
  }

  /** Where the server pauses its recording, this one does. */
  #server(): void {
    const { recording } = this.#leg
    const paused = recording?.state === 'paused'
    this.#asked.server = paused && recording.reason === undefined
    this.pause('request', this.#asked.server || this.#asked.here)
    this.pause('page', this.#byPage || (paused && recording.reason === 'page'))
    this.#byCapture()
  }

  /** A pause that was asked for here. */
  request(on: boolean): void {
    this.#asked.here = on
    this.#server()
  }

  #page(): void {
    const { page } = this.#leg
    if (this.#pages && page !== undefined) this.#byPage = pausedOn(this.#pages, page, this.#byPage)
    this.#server()
  }
}
