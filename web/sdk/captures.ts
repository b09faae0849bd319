import { Command } from './command'
import { TonegateError } from './errors'
import type { Capture } from './types'

const OVER = new Set<Capture['state']>(['completed', 'failed', 'cancelled', 'expired'])

/**
 * The capture as last reported, and the one command about it that may be under
 * way.
 */
export class Captures {
  current: Capture | null = null
  readonly #command = new Command<Capture>('capture command')
  #type = '' // of the command under way

  start(send: () => boolean): Promise<Capture> {
    const before = this.current?.captureId
    return this.#send('capture_start', send, (c) => c.captureId !== before)
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
    return this.#send(type, send, (c) => c.captureId === current.captureId && done(c))
  }

  progress(capture: Capture): void {
    this.current = capture
    this.#command.told(capture)
  }

  /** True if the refusal was about the command under way, which it then ends. */
  refuse(error: TonegateError, re?: string): boolean {
    return (re === undefined || re === this.#type) && this.#command.refuse(error)
  }

  #send(type: string, send: () => boolean, done: (capture: Capture) => boolean): Promise<Capture> {
    if (!this.#command.waiting) this.#type = type
    return this.#command.start(send, done)
  }
}
