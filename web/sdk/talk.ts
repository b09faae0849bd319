import { TonegateError } from './errors'

const TIMEOUT = 10_000

/**
 * The press of press-to-talk that waits for its confirmation: the server
 * confirms it by the masking that it causes. Once open, the server ends it in
 * any case; masking says when.
 */
export class Talk {
  #pending: { resolve(): void; reject(error: TonegateError): void; timer: ReturnType<typeof setTimeout> } | undefined

  /** `late` is called for a press that is confirmed by nothing: it may open yet. */
  press(send: () => boolean, late: () => void): Promise<void> {
    if (this.#pending) return Promise.reject(new TonegateError('busy', 'Another press is under way.'))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.end(new TonegateError('timeout', 'The server did not confirm in time.'))
        late()
      }, TIMEOUT)
      this.#pending = { resolve, reject, timer }
      if (!send()) this.end(new TonegateError('not_connected', 'The server cannot be reached right now.'))
    })
  }

  get pressed(): boolean {
    return this.#pending !== undefined
  }

  opened(): void {
    this.#settle()?.resolve()
  }

  /** True if there was a press to end. */
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
