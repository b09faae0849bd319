/**
 * The file format of recordings, as the server writes it: see docs/RECORDING.md
 * and internal/recording. `tonegate recording open` reads both.
 */
import { Encrypter } from 'age-encryption'
import { TonegateError } from '../errors'

export type Why = 'request' | 'page' | 'capture'

/** Something on the timeline; `at` and `samples` count sample pairs at 8000 Hz. */
export type TimelineEvent =
  | { type: 'leg_joined' | 'leg_left'; at: number; leg_id: string; role: string }
  | { type: 'capture_started' | 'capture_ended'; at: number; capture_id: string }
  | { type: 'paused' | 'resumed'; at: number; reason: Why }
  | { type: 'gap'; at: number; reason: 'overload' | 'late'; samples: number }

export type Ending = 'stopped' | 'conference_ended' | 'failed'

/** What is the same in all segments of a recording. */
export interface Info {
  recording_id: string
  conference_id: string
  thread: string
  started_at: string
  encoding: 'PCMU'
}

export interface Segment {
  seq: number
  start: number
  samples: number
  events: TimelineEvent[]
  end?: Ending
  /** Two channels in turn, channel 1 first; none: silence. */
  sound?: Uint8Array
}

/** Seals one segment. */
export type Seal = (segment: Segment) => Promise<Uint8Array>

const MAGIC = new TextEncoder().encode('TGR1')
const MAX_RECIPIENTS = 16

const letters = '0123456789abcdefghijklmnopqrstuvwxyz'

/** An id of this browser's own, as random as the server's. */
export function newRecordingId(): string {
  let id = 'rec_'
  // 252 is the largest multiple of 36 in a byte: the rest would favour some letters.
  while (id.length < 28) for (const byte of crypto.getRandomValues(new Uint8Array(32))) if (byte < 252 && id.length < 28) id += letters[byte % 36]
  return id
}

export function newInfo(recordingId: string, conferenceId: string, startedAt: Date): Info {
  const thread = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  return {
    recording_id: recordingId,
    conference_id: conferenceId,
    thread: thread.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    started_at: startedAt.toISOString(),
    encoding: 'PCMU',
  }
}

/** Public keys as something that seals. Their errors never repeat them: one may be a secret key in the wrong place. */
export function encrypterFor(recipients: readonly string[]): Encrypter {
  const bad = (detail: string) => new TonegateError('bad_recipients', detail)
  if (recipients.length === 0) throw bad('A recording needs at least one public key (age1…).')
  if (recipients.length > MAX_RECIPIENTS) throw bad(`${MAX_RECIPIENTS} public keys are the limit.`)
  const hybrid = recipients.filter((key) => key.startsWith('age1pq1')).length
  if (hybrid > 0 && hybrid < recipients.length) throw bad('Keys of the post-quantum kind (age1pq1…) and others cannot be mixed.')
  const encrypter = new Encrypter()
  recipients.forEach((key, i) => {
    try {
      encrypter.addRecipient(key)
    } catch {
      throw bad(`Recipient ${i + 1} is not an age public key (age1…).`)
    }
  })
  return encrypter
}

export function sealer(info: Info, encrypter: Encrypter): Seal {
  return async ({ sound, events, end, seq, start, samples }) => {
    const head = { ...info, seq, start, samples, ...(events.length > 0 ? { events } : {}), ...(end ? { end } : {}) }
    const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
    const plain = new Uint8Array(line.length + (sound?.length ?? 0))
    plain.set(line)
    if (sound) plain.set(sound, line.length)
    const sealed = await encrypter.encrypt(plain)
    plain.fill(0)
    const framed = new Uint8Array(8 + sealed.length)
    framed.set(MAGIC)
    new DataView(framed.buffer).setUint32(4, sealed.length)
    framed.set(sealed, 8)
    return framed
  }
}
