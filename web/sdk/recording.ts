import { Command } from './command'
import { TonegateError } from './errors'
import type { Recording } from './types'

type Asked = 'paused' | 'recording'

/** What the server records, and the one pause or resumption that may be under way. */
export class RecordingControl {
  current: Recording | null = null
  readonly #command = new Command<Recording>('pause or resumption')

  async ask(asked: Asked, send: () => boolean): Promise<void> {
    // What is so already is not told again.
    if (!this.#command.waiting && this.current && holds(asked, this.current)) {
      if (this.current.reason === 'capture') {
        throw new TonegateError('capture_pauses', 'The recording goes on when the secure capture is over.')
      }
      return
    }
    await this.#command.start(send, (recording) => holds(asked, recording))
  }

  told(recording: Recording): void {
    this.current = recording
    this.#command.told(recording)
  }

  /** True if there was a command to refuse. */
  refuse(error: TonegateError): boolean {
    return this.#command.refuse(error)
  }
}

/** Whether a state is what was asked for: a capture's pause begins and ends by itself. */
const holds = (asked: Asked, { state, reason }: Recording): boolean =>
  asked === 'paused' ? state === 'paused' && reason === undefined : state === 'recording' || (state === 'paused' && reason === 'capture')
