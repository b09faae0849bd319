import { TonegateError } from './errors'

const TIMEOUT = 10_000

interface Pending<News> {
  done(news: News): boolean
  resolve(news: News): void
  reject(error: TonegateError): void
  timer: ReturnType<typeof setTimeout>
}

/**
 * The one command of its kind that may be under way. The protocol confirms a
 * command by what it causes, so it waits for the news that prove it.
 */
export class Command<News> {
  #pending: Pending<News> | undefined
  readonly #name: string

  /** `name` is what another one is called while one is under way. */
  constructor(name: string) {
    this.#name = name
  }

  get waiting(): boolean {
    return this.#pending !== undefined
  }

  /** `late` is called for a command that nothing confirmed: it may come true yet. */
  start(send: () => boolean, done: (news: News) => boolean, late?: () => void): Promise<News> {
    if (this.#pending) return Promise.reject(new TonegateError('busy', `Another ${this.#name} is under way.`))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.refuse(new TonegateError('timeout', 'The server did not confirm in time.'))
        late?.()
      }, TIMEOUT)
      this.#pending = { done, resolve, reject, timer }
      if (!send()) this.refuse(new TonegateError('not_connected', 'The server cannot be reached right now.'))
    })
  }

  told(news: News): void {
    if (this.#pending?.done(news)) this.#settle()?.resolve(news)
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
