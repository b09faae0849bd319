import { TonegateError } from './errors'
import type { Capture } from './types'

const TIMEOUT = 10_000
const OVER = new Set<Capture['state']>(['completed', 'failed', 'cancelled', 'expired'])

interface Pending {
  type: string
  done(capture: Capture): boolean
  resolve(capture: Capture): void
  reject(error: TonegateError): void
  timer: ReturnType<typeof setTimeout>
}

/**
 * The capture as last reported, and the one command about it that may be under
 * way. The protocol confirms a command by what it causes, so each waits for
 * the progress that proves it.
 */
export class Captures {
  current: Capture | null = null
  #pending: Pending | undefined

  start(send: () => boolean): Promise<Capture> {
    const before = this.current?.captureId
    return this.#command('capture_start', send, (c) => c.captureId !== before)
  }

  /** What was completed may be submitted first; what is submitted cannot be cancelled any more. */
  finish(type: 'capture_complete' | 'capture_cancel', send: () => boolean): Promise<Capture> {
    const enough = (state: Capture['state']) => OVER.has(state) || (type === 'capture_complete' && state === 'submitting')
    return this.#about(type, send, (c) => enough(c.state))
  }

  /** The field's attempt counts up when the customer is asked for it. */
  retry(field: string, send: () => boolean): Promise<Capture> {
    const attempts = (c: Capture | null) => c?.fields.find((f) => f.name === field)?.attempt ?? 0
    const before = attempts(this.current)
    return this.#about('capture_retry', send, (c) => attempts(c) > before)
  }

  /** A command about the capture that is under way. */
  #about(type: string, send: () => boolean, done: (capture: Capture) => boolean): Promise<Capture> {
    const current = this.current
    if (!current || OVER.has(current.state)) {
      return Promise.reject(new TonegateError('no_capture', 'No secure capture is under way.'))
    }
    return this.#command(type, send, (c) => c.captureId === current.captureId && done(c))
  }

  progress(capture: Capture): void {
    this.current = capture
    if (this.#pending?.done(capture)) {
      const { resolve } = this.#settle()
      resolve(capture)
    }
  }

  /** True if the refusal was about the command under way, which it then ends. */
  refuse(error: TonegateError, re?: string): boolean {
    if (!this.#pending || (re !== undefined && re !== this.#pending.type)) return false
    this.#settle().reject(error)
    return true
  }

  #command(type: string, send: () => boolean, done: (capture: Capture) => boolean): Promise<Capture> {
    if (this.#pending) return Promise.reject(new TonegateError('busy', 'Another capture command is under way.'))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.refuse(new TonegateError('timeout', 'The server did not confirm in time.')), TIMEOUT)
      this.#pending = { type, done, resolve, reject, timer }
      if (!send()) this.refuse(new TonegateError('not_connected', 'The server cannot be reached right now.'))
    })
  }

  #settle(): Pending {
    const pending = this.#pending!
    this.#pending = undefined
    clearTimeout(pending.timer)
    return pending
  }
}
