import { Command } from './command'
import type { TonegateError } from './errors'

/**
 * The press of press-to-talk that waits for its confirmation: the server
 * confirms it by the masking that it causes. Once open, the server ends it in
 * any case; masking says when.
 */
export class Talk {
  readonly #command = new Command<void>('press')

  /** `late` is called for a press that is confirmed by nothing: it may open yet. */
  press(send: () => boolean, late: () => void): Promise<void> {
    return this.#command.start(send, () => true, late)
  }

  get pressed(): boolean {
    return this.#command.waiting
  }

  opened(): void {
    this.#command.told()
  }

  /** True if there was a press to end. */
  end(error: TonegateError): boolean {
    return this.#command.refuse(error)
  }
}
