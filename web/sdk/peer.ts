import type { Env } from './env'
import { TonegateError } from './errors'
import type { ClientMessage } from './messages'

/** ICE often heals a short gap by itself; a restart costs a round trip. */
const DISCONNECTED_GRACE = 2_500
const ANSWER_TIMEOUT = 10_000

export interface PeerHandlers {
  send(message: ClientMessage): boolean
  track(track: MediaStreamTrack): void
  media(up: boolean): void
  /** Negotiation cannot succeed however often it is tried. */
  failed(error: TonegateError): void
}

export interface PeerSettings {
  track: MediaStreamTrack
  iceServers: RTCIceServer[]
  telephoneEvent: boolean
}

/** The RTCPeerConnection: one audio line, offers made here, restarts by a new offer. */
export class Peer {
  readonly pc: RTCPeerConnection
  readonly sender: RTCRtpSender
  #handlers: PeerHandlers
  #offering = false
  #wanted: 'nothing' | 'offer' | 'restart' = 'nothing'
  #awaitingAnswer = false
  #answerTimer: ReturnType<typeof setTimeout> | undefined
  #graceTimer: ReturnType<typeof setTimeout> | undefined
  #backlog: ClientMessage[] = []
  #up = false
  #closed = false

  constructor(settings: PeerSettings, env: Env, handlers: PeerHandlers) {
    this.#handlers = handlers
    this.pc = new env.RTCPeerConnection({ iceServers: settings.iceServers, bundlePolicy: 'max-bundle' })
    const transceiver = this.pc.addTransceiver(settings.track, { direction: 'sendrecv' })
    this.sender = transceiver.sender
    preferTelephony(transceiver, env.audioCapabilities(), settings.telephoneEvent)
    this.pc.ontrack = (event) => handlers.track(event.track)
    this.pc.onicecandidate = (event) => this.#candidate(event.candidate)
    this.pc.onconnectionstatechange = () => this.#connection()
    this.#negotiate('offer')
  }

  /** The socket is back: repeat what may have been lost with the old one. */
  resumed(): void {
    if (this.#awaitingAnswer) {
      // The offer or its answer is lost; candidates of that try are stale.
      this.#backlog = []
      this.#answered()
      this.#negotiate('restart')
      return
    }
    for (const message of this.#backlog.splice(0)) this.#handlers.send(message)
    if (this.#wanted !== 'nothing') this.#negotiate(this.#wanted)
    else if (!this.#up) this.#negotiate('restart')
  }

  async answer(sdp: string): Promise<void> {
    if (!this.#awaitingAnswer || this.#closed) return
    this.#answered()
    try {
      await this.pc.setRemoteDescription({ type: 'answer', sdp })
    } catch {
      this.#handlers.failed(new TonegateError('bad_answer', "The server's answer could not be used."))
      return
    }
    if (this.#wanted !== 'nothing') this.#negotiate(this.#wanted)
  }

  async remoteCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    // A candidate of a superseded offer is no fault worth reporting.
    await this.pc.addIceCandidate(candidate).catch(() => {})
  }

  /** True if a refusal that just arrived can only be about our offer. */
  get awaitingAnswer(): boolean {
    return this.#awaitingAnswer
  }

  close(): void {
    this.#closed = true
    this.#answered()
    clearTimeout(this.#graceTimer)
    this.pc.close()
  }

  #negotiate(kind: 'offer' | 'restart'): void {
    if (this.#closed) return
    if (this.#offering || this.#awaitingAnswer) {
      this.#wanted = kind
      return
    }
    this.#wanted = 'nothing'
    void this.#offer(kind)
  }

  async #offer(kind: 'offer' | 'restart'): Promise<void> {
    this.#offering = true
    try {
      const offer = await this.pc.createOffer({ iceRestart: kind === 'restart' })
      if (this.#closed) return
      await this.pc.setLocalDescription(offer)
    } catch {
      if (!this.#closed) this.#handlers.failed(new TonegateError('offer_failed', 'The browser could not make an offer.'))
      return
    } finally {
      this.#offering = false
    }
    if (this.#closed) return
    if (!this.#handlers.send({ type: 'offer', sdp: this.pc.localDescription?.sdp ?? '' })) {
      // The socket went while the offer was made; `resumed` makes a new one.
      this.#backlog = []
      this.#wanted = 'restart'
      return
    }
    this.#awaitingAnswer = true
    for (const message of this.#backlog.splice(0)) this.#handlers.send(message)
    this.#answerTimer = setTimeout(() => {
      this.#awaitingAnswer = false
      this.#negotiate('restart')
    }, ANSWER_TIMEOUT)
  }

  #answered(): void {
    this.#awaitingAnswer = false
    clearTimeout(this.#answerTimer)
  }

  #candidate(candidate: RTCIceCandidate | null): void {
    const message: ClientMessage = {
      type: 'candidate',
      candidate: candidate?.candidate ?? '',
      sdp_mid: candidate?.sdpMid ?? null,
      sdp_mline_index: candidate?.sdpMLineIndex ?? null,
    }
    // Candidates must not overtake the offer they belong to.
    if (this.#offering || !this.#handlers.send(message)) this.#backlog.push(message)
  }

  #connection(): void {
    if (this.#closed) return
    clearTimeout(this.#graceTimer)
    switch (this.pc.connectionState) {
      case 'connected':
        this.#media(true)
        break
      case 'disconnected':
        this.#media(false)
        this.#graceTimer = setTimeout(() => this.#negotiate('restart'), DISCONNECTED_GRACE)
        break
      case 'failed':
        this.#media(false)
        this.#negotiate('restart')
        break
    }
  }

  #media(up: boolean): void {
    if (this.#up === up) return
    this.#up = up
    this.#handlers.media(up)
  }
}

/**
 * Puts PCMU and PCMA first and leaves everything else out: the bridge mixes at
 * 8 kHz, so any other codec would only add a conversion. Without
 * telephone-event the server renders keys as tones.
 */
function preferTelephony(transceiver: RTCRtpTransceiver, capabilities: RTCRtpCapabilities | null, events: boolean): void {
  const rank = (codec: RTCRtpCodec): number => {
    switch (codec.mimeType.toLowerCase()) {
      case 'audio/pcmu':
        return 0
      case 'audio/pcma':
        return 1
      case 'audio/telephone-event':
        return events && codec.clockRate === 8000 ? 2 : -1
      default:
        return -1
    }
  }
  const codecs = (capabilities?.codecs ?? []).filter((c) => rank(c) >= 0).sort((a, b) => rank(a) - rank(b))
  // A browser without G.711 offers what it has, and the server says what is missing.
  if (codecs.some((c) => rank(c) < 2)) transceiver.setCodecPreferences?.(codecs)
}
