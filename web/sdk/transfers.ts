import { Command } from './command'
import type { TonegateError } from './errors'
import type { TransferState, TransferTo } from './types'

/** Where the agent is, and the one transfer that may be under way. */
export class Transfers {
  state: TransferState = 'together'
  readonly #command = new Command<TransferState>('transfer')

  async start(to: TransferTo, send: () => boolean): Promise<void> {
    await this.#command.start(send, (state) => state === (to === 'ivr' ? 'with_ivr' : 'together'))
  }

  moved(state: TransferState): void {
    this.state = state
    this.#command.told(state)
  }

  /** True if there was a transfer to end. */
  end(error: TonegateError): boolean {
    return this.#command.refuse(error)
  }
}
