/**
 * The recorder near the agent: records what an agent's leg says and hears in this
 * browser, sealed to public keys before it is stored, and uploads it when the call
 * is over. It is an entry of its own, to be loaded by those who record:
 *
 *     const { recordLeg, uploadRecording } = await import('https://voice.example/sdk/recorder.js')
 *
 * The file is what the server writes too, and `tonegate recording open` opens it.
 */
import { Emitter } from './emitter'
import { TonegateError } from './errors'
import { Chunks } from './recorder/chunks'
import { Follower } from './recorder/follow'
import { take } from './recorder/lock'
import { RATE, Resampler } from './recorder/resample'
import { encrypterFor, newInfo, newRecordingId, sealer } from './recorder/segment'
import type { Ending, Info, Seal } from './recorder/segment'
import { openSource } from './recorder/source'
import type { Heard, Source } from './recorder/source'
import { Tape } from './recorder/tape'
import { upload } from './recorder/upload'
import type { LegRecorder, RecorderEvents, RecorderOptions, RecorderState, UploadTarget, Uploaded, Waiting } from './recorder-types'
import type { Leg, LegState, StateDetail } from './types'

export type * from './recorder-types'

const FIRST_SOUND = 10_000
/** More than this between what was heard and the clock is no delay but a gap: the browser slept. */
const GAP_MS = 500
/**
 * Sound that waited longer waited for the page's thread. What the server said
 * meanwhile may wait behind it, so nothing is kept: there is a gap.
 */
const STALE_MS = 1000

/**
 * Records a leg from now on: channel 1 is its own voice, channel 2 what it hears.
 * Resolves once sound runs and the first segment is stored. Call it after a click,
 * as `joinConference`.
 */
export async function recordLeg(leg: Leg, options: RecorderOptions): Promise<LegRecorder> {
  if (!/^conf_[0-9a-z]{24}$/.test(leg.conferenceId)) throw new TonegateError('not_connected', 'The leg is on no call yet.')
  if (leg.state === 'left' || leg.state === 'failed') throw new TonegateError('left', 'The call has ended.')
  const encrypter = encrypterFor(options.recipients)
  const chunks = await Chunks.open()
  const recorder = new Recorder(leg, options, chunks, (info) => sealer(info, encrypter))
  try {
    await recorder.begin(options.worklet ?? new URL('recorder.worklet.js', here))
  } catch (error) {
    recorder.abandon()
    throw error
  }
  return recorder
}

/** Recordings that wait in this browser, those of calls under way and of pages that crashed included. */
export const waitingRecordings = (): Promise<Waiting[]> => withChunks((chunks) => chunks.list())

/** The sealed file of a recording that waits in this browser. */
export const sealedRecording = (recordingId: string): Promise<Blob> => withChunks(async (chunks) => (await chunks.read(recordingId)).file)

/** Forgets a recording that waits in this browser. Rejects with `recording_in_use` while it is written or uploaded. */
export const discardRecording = (recordingId: string): Promise<void> =>
  alone(recordingId, (chunks) => chunks.remove(recordingId))

/**
 * Uploads a recording and, once the far end has confirmed it, forgets here what
 * was uploaded. Rejects with `recording_in_use` while it is written, or uploaded by
 * another tab.
 */
export const uploadRecording = (recordingId: string, target: UploadTarget): Promise<Uploaded> =>
  alone(recordingId, async (chunks) => {
    const { file, numbers } = await chunks.read(recordingId)
    const done = await upload(file, target)
    await chunks.remove(recordingId, numbers)
    return done
  })

async function alone<T>(recordingId: string, use: (chunks: Chunks) => Promise<T>): Promise<T> {
  const free = await take(recordingId)
  try {
    return await withChunks(use)
  } finally {
    await free()
  }
}

async function withChunks<T>(use: (chunks: Chunks) => Promise<T>): Promise<T> {
  const chunks = await Chunks.open()
  try {
    return await use(chunks)
  } finally {
    chunks.close()
  }
}

/** Apart, so that builds leave the address alone. */
const here = import.meta.url

class Recorder implements LegRecorder {
  readonly recordingId = newRecordingId()
  readonly conferenceId: string
  state: RecorderState = 'recording'
  readonly #leg: Leg
  readonly #options: RecorderOptions
  readonly #chunks: Chunks
  readonly #sealerFor: (info: Info) => Seal
  readonly #events = new Emitter<RecorderEvents>()
  readonly #off: () => void
  #source: Source | undefined
  #resamplers: [Resampler, Resampler] | undefined
  #tape: Tape | undefined
  #follower: Follower | undefined
  #startedAt = 0
  #first: { resolve(): void; reject(error: TonegateError): void } | undefined
  #ended: Promise<void> | undefined
  #free = async () => {}

  constructor(leg: Leg, options: RecorderOptions, chunks: Chunks, sealerFor: (info: Info) => Seal) {
    this.#leg = leg
    this.conferenceId = leg.conferenceId
    this.#options = options
    this.#chunks = chunks
    this.#sealerFor = sealerFor
    this.#off = leg.on('state', (state, detail) => this.#legState(state, detail))
  }

  on<K extends keyof RecorderEvents>(event: K, callback: RecorderEvents[K]): () => void {
    return this.#events.on(event, callback)
  }

  async begin(worklet: string | URL): Promise<void> {
    this.#free = await take(this.recordingId)
    this.#source = await openSource(this.#leg, worklet, (sound) => this.#take(sound))
    const late = setTimeout(
      () => this.#first?.reject(new TonegateError('no_sound', 'The browser lets no sound run: a click on the page may be missing.')),
      FIRST_SOUND,
    )
    try {
      await new Promise<void>((resolve, reject) => (this.#first = { resolve, reject }))
    } finally {
      clearTimeout(late)
    }
  }

  /** Of a recording that did not begin. */
  abandon(): void {
    this.#release()
    this.#chunks.close()
    void this.#free()
  }

  pause(): void {
    this.#follower?.request(true)
  }

  resume(): void {
    this.#follower?.request(false)
  }

  stop(): Promise<void> {
    return this.#end('stopped')
  }

  #take({ one, two, until }: Heard): void {
    if (!this.#source || this.#ended) return
    const from = until - (one.length / this.#source.rate) * 1000
    // A clock that was set back tells nothing either.
    if (Math.abs(Date.now() - from) > STALE_MS) return
    if (!this.#tape) this.#start(from)
    const tape = this.#tape!
    const late = Math.round(((until - this.#startedAt) * RATE) / 1000) - tape.position - Math.round((one.length * RATE) / this.#source.rate)
    if (late > (GAP_MS * RATE) / 1000) tape.gap(late)
    const [agent, heard] = this.#resamplers!
    const keeps = this.#follower!.keeps(from)
    // What is not kept leaves nothing in the low-pass either.
    const silence = new Float32Array(one.length)
    const [voice, sound] = [agent.push(keeps.one ? one : silence), heard.push(keeps.two ? two : silence)]
    tape.push(voice.length, keeps.one ? voice : undefined, keeps.two ? sound : undefined)
  }

  #start(at: number): void {
    this.#startedAt = at
    const { rate } = this.#source!
    this.#resamplers = [new Resampler(rate), new Resampler(rate)]
    const seal = this.#sealerFor(newInfo(this.recordingId, this.conferenceId, new Date(at)))
    const tape = new Tape(seal, async (seq, sealed) => {
      await this.#chunks.add(this.recordingId, seq, sealed)
      this.#first?.resolve()
    })
    this.#tape = tape
    this.#follower = new Follower(this.#leg, tape, this.#options.duringCapture ?? 'masked', this.#options.pages, () => this.#pauses())
    tape.done.catch((cause: unknown) => this.#failed(cause))
    this.#pauses()
  }

  #pauses(): void {
    const state = this.#follower && this.#follower.pauses.size > 0 ? 'paused' : 'recording'
    if (!this.#ended) this.#become(state)
  }

  #become(state: RecorderState): void {
    if (state === this.state) return
    this.state = state
    this.#events.emit('state', state)
  }

  #failed(cause: unknown): void {
    this.#release()
    this.#become('failed')
    this.#chunks.close()
    void this.#free()
    const full = cause instanceof DOMException && cause.name === 'QuotaExceededError'
    const error = full
      ? new TonegateError('storage_full', 'The browser has no room left: the recording ends here.')
      : new TonegateError('recorder_failed', 'The recording could not be stored: it ends here.')
    this.#first?.reject(error)
    this.#events.emit('error', error)
  }

  #legState(state: LegState, detail: StateDetail): void {
    if (state !== 'left' && state !== 'failed') return
    void this.#end(detail.reason === 'ended' ? 'conference_ended' : 'stopped').catch(() => {})
  }

  #end(why: Ending): Promise<void> {
    return (this.#ended ??= this.#finish(why))
  }

  async #finish(why: Ending): Promise<void> {
    this.#release()
    if (this.#tape) await this.#tape.end(why)
    this.#chunks.close()
    await this.#free()
    if (this.state !== 'failed') this.#become('stopped')
  }

  #release(): void {
    this.#off()
    this.#follower?.close()
    this.#source?.close()
    this.#source = undefined
  }
}

