import { backoff, finalError } from './closecodes'
import type { Env } from './env'
import { TonegateError } from './errors'
import type { ClientMessage, Joined, ServerMessage } from './messages'

const SUBPROTOCOL = 'tonegate.v1'
const PING_EVERY = 10_000
/** A connection that lives this long is not part of the last breakage. */
const STABLE_AFTER = 5_000

export interface SignalingHandlers {
  /** The server let us in, for the first time or again. */
  joined(message: Joined, first: boolean): void
  message(message: ServerMessage): void
  /** The socket is gone; a repair is under way. */
  down(): void
  /** The socket is gone for good. */
  final(error: TonegateError): void
  /** The server said goodbye. */
  bye(reason: string): void
}

interface Settings {
  url: string
  token: string
  connectTimeout: number
  reconnectTimeout: number
}

/**
 * The WebSocket and its repair: join once with the token, later with the leg's
 * resume secret, which every `joined` replaces. Media is none of its business.
 */
export class Signaling {
  #socket: WebSocket | undefined
  #leg: { id: string; resume: string } | undefined
  #admitted = false
  #done = false
  #attempt = 0
  #giveUpAt: number
  #retry: ReturnType<typeof setTimeout> | undefined
  #stable: ReturnType<typeof setTimeout> | undefined
  #pinger: ReturnType<typeof setInterval> | undefined
  #pings = 0
  #heard = true
  readonly #offOnline: () => void

  readonly #settings: Settings
  readonly #env: Env
  readonly #handlers: SignalingHandlers

  constructor(settings: Settings, env: Env, handlers: SignalingHandlers) {
    this.#settings = settings
    this.#env = env
    this.#handlers = handlers
    this.#giveUpAt = Date.now() + settings.connectTimeout
    this.#offOnline = env.onOnline(() => {
      if (this.#retry === undefined) return
      clearTimeout(this.#retry)
      this.#connect()
    })
  }

  /** Apart from the constructor, since a bad address fails at once. */
  start(): void {
    this.#connect()
  }

  /** True while messages reach a server that knows this leg. */
  get up(): boolean {
    return this.#admitted
  }

  /** Sends now or not at all: what matters after a repair is sent anew by its owner. */
  send(message: ClientMessage): boolean {
    if (!this.#admitted) return false
    this.#socket?.send(JSON.stringify(message))
    return true
  }

  close(): void {
    this.#done = true
    this.#offOnline()
    clearTimeout(this.#retry)
    this.#drop(1000)
  }

  #connect(): void {
    this.#retry = undefined
    let socket: WebSocket
    try {
      socket = new this.#env.WebSocket(this.#settings.url, SUBPROTOCOL)
    } catch {
      this.#fail(new TonegateError('bad_url', 'The signalling address is not a WebSocket address.'))
      return
    }
    this.#socket = socket
    // A socket that neither opens nor fails would hold up the repair.
    const opening = setTimeout(() => lost(0), 8000)
    const lost = (code: number) => {
      clearTimeout(opening)
      if (this.#socket !== socket) return
      this.#lost(code)
    }
    socket.onopen = () => {
      clearTimeout(opening)
      const join: ClientMessage = this.#leg
        ? { type: 'join', leg_id: this.#leg.id, resume: this.#leg.resume }
        : { type: 'join', token: this.#settings.token }
      socket.send(JSON.stringify(join))
    }
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#receive(event.data)
    }
    socket.onclose = (event) => lost(event.code)
    // `close` always follows and carries the code.
    socket.onerror = null
  }

  #receive(data: unknown): void {
    let message: ServerMessage
    try {
      message = JSON.parse(String(data)) as ServerMessage
    } catch {
      return
    }
    this.#heard = true
    switch (message.type) {
      case 'joined': {
        const first = this.#leg === undefined
        this.#leg = { id: message.leg_id, resume: message.resume }
        this.#admitted = true
        this.#stable = setTimeout(() => {
          this.#attempt = 0
        }, STABLE_AFTER)
        this.#pinger = setInterval(() => this.#ping(), PING_EVERY)
        this.#handlers.joined(message, first)
        return
      }
      case 'bye':
        this.close()
        this.#handlers.bye(message.reason)
        return
      case 'pong':
        return
      default:
        this.#handlers.message(message)
    }
  }

  /** Two silent intervals mean that the network went without saying so. */
  #ping(): void {
    if (!this.#heard) {
      // A close handshake would wait for the very peer that is silent.
      const socket = this.#socket
      this.#lost(0)
      socket?.close(4000)
      return
    }
    this.#heard = false
    this.send({ type: 'ping', n: ++this.#pings })
  }

  #lost(code: number): void {
    const wasAdmitted = this.#admitted
    this.#drop()
    if (this.#done) return
    const error = finalError(code)
    if (error) return this.#fail(error)
    if (wasAdmitted && code === 1000) {
      this.close()
      return this.#handlers.bye('ended')
    }
    if (wasAdmitted) {
      this.#giveUpAt = Date.now() + this.#settings.reconnectTimeout
      this.#handlers.down()
    }
    const wait = backoff(this.#attempt++, code, this.#env.random)
    if (Date.now() + wait >= this.#giveUpAt) {
      return this.#fail(
        this.#leg
          ? new TonegateError('reconnect_timeout', 'The connection to the server could not be restored.')
          : new TonegateError('connect_timeout', 'The server could not be reached.'),
      )
    }
    this.#retry = setTimeout(() => this.#connect(), wait)
  }

  #drop(closeCode?: number): void {
    this.#admitted = false
    this.#heard = true
    clearTimeout(this.#stable)
    clearInterval(this.#pinger)
    const socket = this.#socket
    this.#socket = undefined
    if (closeCode !== undefined) socket?.close(closeCode)
  }

  #fail(error: TonegateError): void {
    this.close()
    this.#handlers.final(error)
  }
}
