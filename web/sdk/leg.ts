import { Captures } from './captures'
import { DtmfQueue } from './dtmf'
import { Emitter } from './emitter'
import type { Env } from './env'
import { TonegateError } from './errors'
import * as wire from './messages'
import type { Source } from './microphone'
import { pageName } from './pages'
import { Peer } from './peer'
import { RecordingControl } from './recording'
import { Signaling } from './signaling'
import { Talk } from './talk'
import { Transfers } from './transfers'
import type {
  Capture,
  CaptureOptions,
  DigitOptions,
  JoinOptions,
  Leg,
  LegEvents,
  LegInfo,
  LegState,
  Masking,
  Recording,
  Role,
  StateDetail,
  TransferState,
  TransferTo,
} from './types'

const OFFER_REFUSALS = new Set(['no_common_codec', 'bad_offer', 'codec_changed'])

/**
 * A leg: the socket and the peer connection under one state. The two fail and
 * heal apart from each other: audio runs on while the socket is repaired, and
 * the socket carries the offer that repairs the audio.
 */
export class BrowserLeg implements Leg {
  id = ''
  conferenceId = ''
  role: Role = 'customer'
  grants: readonly string[] = []
  demonstration = false
  connectors: readonly string[] = []
  state: LegState = 'connecting'
  legs: readonly LegInfo[] = []
  // Until the server has spoken, claim the strictest state.
  masking: Masking = { state: 'mute', mode: 'mute', armed: false, talk: false }
  page: string | undefined
  resumeSecret = ''
  muted = false
  readonly stream: MediaStream

  readonly #events = new Emitter<LegEvents>()
  readonly #options: JoinOptions
  readonly #env: Env
  readonly #source: Source
  readonly #signaling: Signaling
  readonly #dtmf: DtmfQueue
  readonly #captures = new Captures()
  readonly #talk = new Talk()
  readonly #transfers = new Transfers()
  readonly #recording = new RecordingControl()
  #peer: Peer | undefined
  #mediaUp = false
  #everConnected = false
  #mediaDeadline: ReturnType<typeof setTimeout> | undefined
  #admit!: { resolve(): void; reject(error: TonegateError): void }

  /** Settles when the server has let the leg in, or never will. */
  readonly admitted: Promise<void>

  constructor(options: JoinOptions, source: Source, env: Env) {
    this.#options = options
    this.#env = env
    this.#source = source
    this.stream = new env.MediaStream()
    this.#dtmf = new DtmfQueue(() => this.#peer?.sender.dtmf ?? null)
    this.admitted = new Promise((resolve, reject) => {
      this.#admit = { resolve, reject }
    })
    this.#signaling = new Signaling(
      {
        url: options.url,
        token: options.token,
        connectTimeout: options.connectTimeout ?? 15_000,
        reconnectTimeout: options.reconnectTimeout ?? 35_000,
      },
      env,
      {
        joined: (message, first) => this.#joined(message, first),
        message: (message) => this.#message(message),
        down: () => {
          // The server ends a press whose connection is gone.
          const lost = new TonegateError('not_connected', 'The connection to the server was lost.')
          this.#talk.end(lost)
          this.#recording.refuse(lost)
          this.#transfers.end(lost)
          this.#update('signaling_lost')
        },
        final: (error) => this.#fail(error),
        bye: (reason) => this.#end('left', { reason }),
      },
    )
    this.#signaling.start()
  }

  get capture(): Capture | null {
    return this.#captures.current
  }

  get transferState(): TransferState {
    return this.#transfers.state
  }

  get recording(): Recording | null {
    return this.#recording.current
  }

  get outgoing(): MediaStreamTrack {
    return this.#source.track
  }

  get listening(): boolean {
    return this.#talk.pressed || this.masking.talk
  }

  on<K extends keyof LegEvents>(event: K, callback: LegEvents[K]): () => void {
    return this.#events.on(event, callback)
  }

  mute(muted: boolean): void {
    if (this.#over) return
    this.muted = muted
    // The track goes quiet at once; the server's own mute also covers a
    // browser that would not obey, and is repeated after a reconnection.
    this.#source.track.enabled = !muted
    this.#signaling.send({ type: 'mute', muted })
  }

  hold(onHold: boolean, legId?: string): void {
    const sent = !this.#over && this.#signaling.send({ type: 'hold', on_hold: onHold, leg_id: legId ?? this.id })
    if (!sent) this.#events.emit('error', new TonegateError('not_connected', 'The server cannot be reached right now.'))
  }

  transfer(to: TransferTo): Promise<void> {
    return this.#transfers.start(to, () => this.#signaling.send({ type: 'transfer', to }))
  }

  sendDigits(digits: string, options?: DigitOptions): Promise<void> {
    if (this.#options.telephoneEvent === false) {
      return Promise.reject(new TonegateError('dtmf_unavailable', 'This leg joined without named events.'))
    }
    return this.#dtmf.send(digits, options)
  }

  startCapture(options: CaptureOptions = {}): Promise<Capture> {
    return this.#captures.start(() => this.#signaling.send(wire.captureStart(options)))
  }

  retryField(field: string): Promise<Capture> {
    return this.#captures.retry(field, () => this.#signaling.send({ type: 'capture_retry', field }))
  }

  completeCapture(): Promise<Capture> {
    return this.#captures.finish('capture_complete', () => this.#signaling.send({ type: 'capture_complete' }))
  }

  cancelCapture(): Promise<Capture> {
    return this.#captures.finish('capture_cancel', () => this.#signaling.send({ type: 'capture_cancel' }))
  }

  pressTalk(): Promise<void> {
    return this.#talk.press(() => this.#signaling.send({ type: 'talk_press' }), () => this.releaseTalk())
  }

  releaseTalk(): void {
    this.#signaling.send({ type: 'talk_release' })
    this.#talk.end(new TonegateError('talk_released', 'It was released before it opened.'))
  }

  pauseRecording(): Promise<void> {
    return this.#recording.ask('paused', () => this.#signaling.send({ type: 'recording', state: 'paused' }))
  }

  resumeRecording(): Promise<void> {
    return this.#recording.ask('recording', () => this.#signaling.send({ type: 'recording', state: 'recording' }))
  }

  reportPage(page: string): void {
    if (this.#over) return
    this.page = pageName(page)
    this.#sendPage()
    this.#events.emit('page', this.page)
  }

  #sendPage(): void {
    if (this.page !== undefined && this.grants.includes('page')) this.#signaling.send({ type: 'page', page: this.page })
  }

  leave(): void {
    if (this.#over) return
    this.#signaling.send({ type: 'leave' })
    this.#end('left', { reason: 'left' })
  }

  async getStats(): Promise<RTCStatsReport> {
    if (!this.#peer) throw new TonegateError('not_connected', 'The leg has no media yet.')
    return this.#peer.pc.getStats()
  }

  get #over(): boolean {
    return this.state === 'left' || this.state === 'failed'
  }

  #joined(message: wire.Joined, first: boolean): void {
    this.id = message.leg_id
    this.conferenceId = message.conference_id
    this.role = message.role
    this.grants = message.grants
    this.resumeSecret = message.resume
    this.demonstration = message.demonstration
    this.connectors = message.connectors ?? []
    this.#setLegs(message.legs.map(wire.legInfo))
    this.#setMasking(wire.masking(message.masking))
    if (message.transfer) this.#setTransfer(message.transfer.state)
    if (message.capture) this.#setCapture(wire.capture(message.capture))
    if (message.recording) this.#setRecording(wire.recording(message.recording))
    this.#sendPage()
    if (first) {
      this.#openPeer(message.ice_servers)
      this.#admit.resolve()
      if (this.muted) this.#signaling.send({ type: 'mute', muted: true })
      return
    }
    // It may have changed while nobody could be told.
    this.#signaling.send({ type: 'mute', muted: this.muted })
    this.#peer?.resumed()
    this.#update()
  }

  #openPeer(fromServer: wire.WireIceServer[] | undefined): void {
    this.#peer = new Peer(
      {
        track: this.#source.track,
        iceServers: wire.iceServers(fromServer?.length ? fromServer : this.#options.iceServers),
        telephoneEvent: this.#options.telephoneEvent !== false,
      },
      this.#env,
      {
        send: (m) => this.#signaling.send(m),
        track: (track) => this.#receive(track),
        media: (up) => {
          this.#mediaUp = up
          this.#update(up ? undefined : 'media_lost')
        },
        failed: (error) => this.#fail(error),
      },
    )
    this.#watchMedia(this.#options.connectTimeout ?? 15_000)
  }

  /** Media that does not come (back) in time is a failure, not a wait. */
  #watchMedia(timeout: number): void {
    clearTimeout(this.#mediaDeadline)
    this.#mediaDeadline = setTimeout(
      () => this.#fail(new TonegateError('media_timeout', 'No audio path to the server could be established.')),
      timeout,
    )
  }

  #receive(track: MediaStreamTrack): void {
    for (const old of this.stream.getTracks()) this.stream.removeTrack(old)
    this.stream.addTrack(track)
    const { audioElement } = this.#options
    if (audioElement) {
      audioElement.srcObject = this.stream
      void audioElement.play()?.catch(() => {
        this.#events.emit(
          'error',
          new TonegateError('autoplay_blocked', 'The browser will play the call after the next click on the page.'),
        )
      })
    }
  }

  #message(message: wire.ServerMessage): void {
    switch (message.type) {
      case 'answer':
        void this.#peer?.answer(message.sdp)
        break
      case 'candidate':
        void this.#peer?.remoteCandidate({
          candidate: message.candidate,
          sdpMid: message.sdp_mid ?? null,
          sdpMLineIndex: message.sdp_mline_index ?? null,
        })
        break
      case 'leg_joined':
      case 'leg_left':
      case 'leg_state': {
        const leg = wire.legInfo(message)
        const known = this.legs.some((l) => l.legId === leg.legId)
        this.#setLegs(known ? this.legs.map((l) => (l.legId === leg.legId ? leg : l)) : [...this.legs, leg])
        break
      }
      case 'masking':
        this.#setMasking(wire.masking(message))
        break
      case 'capture_progress':
        this.#setCapture(wire.capture(message))
        break
      case 'transfer':
        this.#setTransfer(message.state)
        break
      case 'recording':
        this.#setRecording(wire.recording(message))
        break
      case 'level':
        this.#events.emit('level', wire.levels(message.levels))
        break
      case 'quality':
        this.#events.emit('quality', { lost: message.lost, concealed: message.concealed, received: message.received })
        break
      case 'error':
        this.#refused(new TonegateError(message.code, message.detail, message.pointer), message.re)
        break
      case 'going_away':
        this.#events.emit('error', new TonegateError('going_away', message.reason))
        break
    }
  }

  #refused(error: TonegateError, re?: string): void {
    // Browsers offer candidates that a server cannot use, .local names for
    // one; the others do, or the media deadline strikes.
    if (error.code === 'bad_candidate') return
    const aboutOffer = re === undefined ? OFFER_REFUSALS.has(error.code) : re === 'offer'
    if (aboutOffer && this.#peer?.awaitingAnswer) return this.#fail(error)
    if (re === 'talk_press' && this.#talk.end(error)) return
    if (re === 'transfer' && this.#transfers.end(error)) return
    if (re === 'recording' && this.#recording.refuse(error)) return
    if (!this.#captures.refuse(error, re)) this.#events.emit('error', error)
  }

  #setLegs(legs: readonly LegInfo[]): void {
    this.legs = legs
    this.#events.emit('legs', [...legs])
  }

  #setMasking(masking: Masking): void {
    this.masking = masking
    if (masking.talk) this.#talk.opened()
    this.#events.emit('masking', masking)
  }

  #setTransfer(state: TransferState): void {
    this.#transfers.moved(state)
    this.#events.emit('transfer', state)
  }

  #setCapture(capture: Capture): void {
    this.#captures.progress(capture)
    this.#events.emit('capture', capture)
  }

  #setRecording(recording: Recording): void {
    this.#recording.told(recording)
    this.#events.emit('recording', recording)
  }

  /** Derives the state from the two halves. */
  #update(reason?: string): void {
    if (this.#over) return
    if (this.#mediaUp) clearTimeout(this.#mediaDeadline)
    let next: LegState
    if (this.#mediaUp && this.#signaling.up) {
      this.#everConnected = true
      next = 'connected'
    } else {
      next = this.#everConnected ? 'reconnecting' : 'connecting'
      if (!this.#mediaUp && reason === 'media_lost') this.#watchMedia(this.#options.reconnectTimeout ?? 35_000)
    }
    if (next === this.state) return
    this.state = next
    this.#events.emit('state', next, reason ? { reason } : {})
  }

  #fail(error: TonegateError): void {
    this.#end('failed', { error })
  }

  #end(state: 'left' | 'failed', detail: StateDetail): void {
    if (this.#over) return
    this.state = state
    clearTimeout(this.#mediaDeadline)
    this.#signaling.close()
    this.#dtmf.close()
    this.#peer?.close()
    this.#source.release()
    const gone = new TonegateError('left', 'The call has ended.')
    this.#captures.refuse(gone)
    this.#talk.end(gone)
    this.#transfers.end(gone)
    this.#recording.refuse(gone)
    this.#events.emit('state', state, detail)
    const error = detail.error as TonegateError | undefined
    if (error) this.#events.emit('error', error)
    // Harmless once the leg was let in.
    this.#admit.reject(error ?? gone)
  }
}
