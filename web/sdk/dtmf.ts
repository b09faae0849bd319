import { TonegateError } from './errors'
import type { DigitOptions } from './types'

/** The keys there are, and the comma, which WebRTC reads as a two-second pause. */
const KEYS = /^[0-9A-D*#,]+$/

/**
 * Sends keys one batch after the other through an RTCDTMFSender. The sender
 * replaces its buffer at each call, so a second press must wait for the first.
 * Nothing in here logs, and no error names a key.
 */
export class DtmfQueue {
  #last: Promise<unknown> = Promise.resolve()
  #closed = false
  #abort: ((error: TonegateError) => void) | undefined
  readonly #sender: () => RTCDTMFSender | null

  constructor(sender: () => RTCDTMFSender | null) {
    this.#sender = sender
  }

  send(digits: string, { duration = 100, gap = 70 }: DigitOptions = {}): Promise<void> {
    const tones = digits.toUpperCase()
    if (!KEYS.test(tones)) {
      return Promise.reject(new TonegateError('bad_digits', 'Only 0-9, A-D, * and # can be sent.'))
    }
    if (!(duration >= 40 && duration <= 6000) || !(gap >= 30 && gap <= 6000)) {
      return Promise.reject(new TonegateError('bad_digits', 'Keys last 40 to 6000 ms with gaps of at least 30 ms.'))
    }
    const turn = this.#last.then(() => this.#play(tones, duration, gap))
    this.#last = turn.catch(() => {})
    return turn
  }

  close(): void {
    this.#closed = true
    this.#abort?.(new TonegateError('left', 'The call ended before all keys were sent.'))
  }

  #play(tones: string, duration: number, gap: number): Promise<void> {
    const sender = this.#sender()
    if (this.#closed) return Promise.reject(new TonegateError('left', 'The call has ended.'))
    if (!sender?.canInsertDTMF) {
      return Promise.reject(new TonegateError('dtmf_unavailable', 'This leg cannot send keys as named events now.'))
    }
    return new Promise((resolve, reject) => {
      const pauses = tones.split(',').length - 1
      const expected = (tones.length - pauses) * (duration + gap) + pauses * 2000
      const finish = (error?: TonegateError) => {
        clearTimeout(timer)
        sender.removeEventListener('tonechange', onTone)
        this.#abort = undefined
        if (error) reject(error)
        else resolve()
      }
      // An empty tone says that the buffer has run dry.
      const onTone = (event: RTCDTMFToneChangeEvent) => {
        if (event.tone === '') finish()
      }
      const timer = setTimeout(
        () => finish(new TonegateError('dtmf_stalled', 'The browser did not finish sending the keys.')),
        expected * 2 + 3000,
      )
      this.#abort = finish
      sender.addEventListener('tonechange', onTone)
      try {
        sender.insertDTMF(tones, duration, gap)
      } catch {
        finish(new TonegateError('dtmf_unavailable', 'The browser refused to send keys.'))
      }
    })
  }
}
