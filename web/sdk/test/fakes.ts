/**
 * Stand-ins for the browser. They record what the SDK does to them as one
 * transcript, and let a test play the server and the network.
 */
import { vi } from 'vitest'
import type { Env } from '../env'
import type { JoinOptions, LegState } from '../types'
import { BrowserLeg } from '../leg'
import type { Source } from '../microphone'

export class FakeSocket {
  readonly sent: Record<string, unknown>[] = []
  readonly raw: string[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  onerror: (() => void) | null = null
  closedWith: number | undefined

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(text: string): void {
    if (this.closedWith !== undefined) return
    this.raw.push(text)
    this.sent.push(JSON.parse(text))
  }

  close(code = 1000): void {
    this.closedWith = code
  }

  // What the server and the network do:
  open(): void {
    this.onopen?.()
  }
  receive(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  drop(code = 1006): void {
    this.closedWith ??= code
    this.onclose?.({ code })
  }
  /** Types of everything sent, in order. */
  get types(): string[] {
    return this.sent.map((m) => m.type as string)
  }
}

export class FakeDtmfSender extends EventTarget {
  canInsertDTMF = true
  inserted: [string, number, number][] = []
  insertDTMF(tones: string, duration: number, gap: number): void {
    this.inserted.push([tones, duration, gap])
  }
  finish(): void {
    this.dispatchEvent(Object.assign(new Event('tonechange'), { tone: '' }))
  }
}

export class FakePeer {
  connectionState = 'new'
  localDescription: { sdp: string } | null = null
  remote: string[] = []
  offers: { iceRestart: boolean }[] = []
  preferences: { mimeType: string; clockRate: number }[] = []
  closed = false
  ontrack: ((event: { track: object }) => void) | null = null
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  readonly dtmf = new FakeDtmfSender()

  constructor(readonly config: RTCConfiguration) {}

  addTransceiver() {
    return {
      sender: { dtmf: this.dtmf },
      setCodecPreferences: (codecs: never[]) => void (this.preferences = codecs),
    }
  }
  async createOffer(options: { iceRestart: boolean }) {
    this.offers.push(options)
    return { type: 'offer', sdp: `offer ${this.offers.length}` }
  }
  async setLocalDescription(d: { sdp: string }) {
    this.localDescription = d
  }
  async setRemoteDescription(d: { sdp: string }) {
    if (d.sdp === 'unusable') throw new Error('bad sdp')
    this.remote.push(d.sdp)
  }
  async addIceCandidate() {}
  async getStats() {
    return new Map()
  }
  close(): void {
    this.closed = true
  }
  // What the network does:
  becomes(state: string): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

/** Web Locks of one origin, as far as they are asked for here: at once or not at all. */
export class FakeLocks {
  readonly #taken = new Set<string>()

  async request(name: string, _: { ifAvailable: true }, use: (lock: { name: string } | null) => Promise<void>): Promise<void> {
    if (this.#taken.has(name)) return use(null)
    this.#taken.add(name)
    try {
      await use({ name })
    } finally {
      this.#taken.delete(name)
    }
  }
}

class FakeStream {
  #tracks: object[] = []
  addTrack(track: object) {
    this.#tracks.push(track)
  }
  removeTrack(track: object) {
    this.#tracks = this.#tracks.filter((t) => t !== track)
  }
  getTracks() {
    return [...this.#tracks]
  }
}

const CODECS = [
  { mimeType: 'audio/opus', clockRate: 48000 },
  { mimeType: 'audio/red', clockRate: 48000 },
  { mimeType: 'audio/G722', clockRate: 8000 },
  { mimeType: 'audio/PCMA', clockRate: 8000 },
  { mimeType: 'audio/PCMU', clockRate: 8000 },
  { mimeType: 'audio/CN', clockRate: 8000 },
  { mimeType: 'audio/telephone-event', clockRate: 48000 },
  { mimeType: 'audio/telephone-event', clockRate: 8000 },
]

export const JOINED = {
  type: 'joined',
  conference_id: 'conf_1',
  leg_id: 'leg_1',
  role: 'agent',
  grants: ['capture'],
  resume: 'secret-1',
  ice_servers: [],
  demonstration: true,
  legs: [{ leg_id: 'leg_1', role: 'agent', kind: 'external', state: 'joining' }],
  masking: { state: 'strip', mode: 'strip', armed: false },
  capture: null,
}

/** Lets promises settle without moving the clock. */
export const settle = () => vi.advanceTimersByTimeAsync(0)

export class World {
  readonly sockets: FakeSocket[] = []
  readonly peers: FakePeer[] = []
  readonly states: string[] = []
  readonly errors: string[] = []
  readonly track = { enabled: true, stop: vi.fn() }
  readonly leg: BrowserLeg
  online: () => void = () => {}
  admitted: unknown = 'pending'

  constructor(options: Partial<JoinOptions> = {}) {
    const { sockets, peers } = this
    const world = this
    const env: Env = {
      WebSocket: class {
        constructor(url: string, protocol: string) {
          if (!url.startsWith('ws')) throw new SyntaxError('bad address')
          const socket = new FakeSocket(url, protocol)
          sockets.push(socket)
          return socket
        }
      } as unknown as typeof WebSocket,
      RTCPeerConnection: class {
        constructor(config: RTCConfiguration) {
          const peer = new FakePeer(config)
          peers.push(peer)
          return peer
        }
      } as unknown as typeof RTCPeerConnection,
      MediaStream: FakeStream as unknown as typeof MediaStream,
      getUserMedia: () => Promise.reject(new DOMException('no', 'NotAllowedError')),
      audioCapabilities: () => ({ codecs: CODECS, headerExtensions: [] }) as unknown as RTCRtpCapabilities,
      createAudioContext: () => {
        throw new Error('unused')
      },
      onOnline: (callback) => {
        world.online = callback
        return () => {}
      },
      random: () => 1,
    }
    const source: Source = { track: this.track as unknown as MediaStreamTrack, release: () => this.track.stop() }
    this.leg = new BrowserLeg({ url: 'wss://host/v1/rtc', token: 'the-token', ...options }, source, env)
    this.leg.on('state', (state: LegState, detail) => this.states.push(detail.reason ? `${state} (${detail.reason})` : state))
    this.leg.on('error', (error) => this.errors.push(error.code))
    this.leg.admitted.then(
      () => (this.admitted = 'yes'),
      (error: { code: string }) => (this.admitted = error.code),
    )
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!
  }
  get peer(): FakePeer {
    return this.peers.at(-1)!
  }

  /** Joins and brings media up. */
  async connect(joined: object = JOINED): Promise<void> {
    this.socket.open()
    this.socket.receive(joined)
    await settle()
    this.socket.receive({ type: 'answer', sdp: 'answer' })
    await settle()
    this.peer.becomes('connected')
    await settle()
  }

  /** The socket comes back after the back-off, and the server admits the leg. */
  async rejoin(resume: string, wait = 250): Promise<void> {
    await vi.advanceTimersByTimeAsync(wait)
    this.socket.open()
    this.socket.receive({ ...JOINED, resume })
    await settle()
  }
}
