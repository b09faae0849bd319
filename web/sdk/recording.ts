import { TonegateError } from './errors'
import type { Recording } from './types'

const TIMEOUT = 10_000

type Asked = 'paused' | 'recording'

/** What the server records, and the one pause or resumption that may be under way. */
export class RecordingControl {
  current: Recording | null = null
  #pending: { asked: Asked; resolve(): void; reject(error: TonegateError): void; timer: ReturnType<typeof setTimeout> } | undefined

  ask(asked: Asked, send: () => boolean): Promise<void> {
    if (this.#pending) return Promise.reject(new TonegateError('busy', 'Another pause or resumption is under way.'))
    // What is so already is not told again.
    if (this.current && holds(asked, this.current)) {
      return this.current.reason === 'capture'
        ? Promise.reject(new TonegateError('capture_pauses', 'The recording goes on when the secure capture is over.'))
        : Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.refuse(new TonegateError('timeout', 'The server did not confirm in time.')), TIMEOUT)
      this.#pending = { asked, resolve, reject, timer }
      if (!send()) this.refuse(new TonegateError('not_connected', 'The server cannot be reached right now.'))
    })
  }

  told(recording: Recording): void {
    this.current = recording
    if (this.#pending && holds(this.#pending.asked, recording)) this.#settle()?.resolve()
  }

  /** True if there was a command to refuse. */
  refuse(error: TonegateError): boolean {
    const pending = this.#settle()
    pending?.reject(error)
    return pending !== undefined
  }

  #settle() {
    const pending = this.#pending
    this.#pending = undefined
    clearTimeout(pending?.timer)
    return pending
  }
}

/** Whether a state is what was asked for: a capture's pause begins and ends by itself. */
const holds = (asked: Asked, { state, reason }: Recording): boolean =>
  asked === 'paused' ? state === 'paused' && reason === undefined : state === 'recording' || (state === 'paused' && reason === 'capture')
