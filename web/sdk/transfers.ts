import { TonegateError } from './errors'
import type { TransferState, TransferTo } from './types'

const TIMEOUT = 10_000

/**
 * Where the agent is, and the one transfer that may be under way: the server
 * confirms it by the state that it leads to.
 */
export class Transfers {
  state: TransferState = 'together'
  #pending: { to: TransferTo; resolve(): void; reject(error: TonegateError): void; timer: ReturnType<typeof setTimeout> } | undefined

  start(to: TransferTo, send: () => boolean): Promise<void> {
    if (this.#pending) return Promise.reject(new TonegateError('busy', 'Another transfer is under way.'))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(new TonegateError('timeout', 'The server did not confirm in time.')), TIMEOUT)
      this.#pending = { to, resolve, reject, timer }
      if (!send()) this.end(new TonegateError('not_connected', 'The server cannot be reached right now.'))
    })
  }

  moved(state: TransferState): void {
    this.state = state
    if (this.#pending && state === (this.#pending.to === 'ivr' ? 'with_ivr' : 'together')) this.#settle()?.resolve()
  }

  /** True if there was a transfer to end. */
  end(error: TonegateError): boolean {
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
