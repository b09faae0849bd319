import { computed, signal } from '@preact/signals'
import { TonegateError, joinConference } from '../../sdk/tonegate'
import type { Capture, JoinOptions, Leg, LegInfo, LegState, Level, Masking, Recording, Role, StateDetail, TransferState } from '../../sdk/tonegate'
import { busSender } from '../audio/bus'
import { type Columns, Tap } from '../audio/tap'
import { takeFragment } from './fragment'
import { exposeForTests } from './hook'
import { postJSON, request } from './problem'

interface JoinBlock {
  token: string
  expires_at: string
  signaling_url?: string
  ice_servers?: (string | RTCIceServer)[]
}

/** What the page shows: the way into the call, the call, or its end. */
export type Phase =
  | { kind: 'no-link' }
  | { kind: 'exchanging' }
  | { kind: 'bad-link'; error: unknown }
  | { kind: 'ready' }
  | { kind: 'joining' }
  /** The token is unspent: joining may be tried again. */
  | { kind: 'refused'; error: unknown }
  | { kind: 'call' }
  | { kind: 'over'; state: 'left' | 'failed'; detail: StateDetail; lasted: number }

/** One page's call, from the link to the end, as signals. */
export class Call {
  readonly role: Role
  readonly phase = signal<Phase>({ kind: 'exchanging' })
  readonly state = signal<LegState>('connecting')
  readonly legs = signal<readonly LegInfo[]>([])
  readonly masking = signal<Masking>({ state: 'mute', mode: 'mute', armed: false, talk: false })
  readonly capture = signal<Capture | null>(null)
  readonly recording = signal<Recording | null>(null)
  readonly muted = signal(false)
  /** Where the agent is. */
  readonly transfer = signal<TransferState>('together')
  readonly notice = signal<unknown>(null)
  readonly demonstration = signal(false)
  /** dBFS of what is heard here, or undefined while nothing is. */
  readonly level = signal<number | undefined>(undefined)
  readonly connectedAt = signal<number | undefined>(undefined)
  readonly otherLegs = computed(() => this.legs.value.filter((l) => l.legId !== this.leg?.id))
  readonly audio = new Audio()

  /** Columns of the local spectrogram; replaced by whoever draws. */
  onColumns: (columns: Columns) => void = () => {}

  leg: Leg | undefined
  #block: JoinBlock | undefined
  #tap: Tap | undefined

  constructor(role: Role) {
    this.role = role
    const code = takeFragment()
    if (code) void this.#exchange(code)
    else this.phase.value = { kind: 'no-link' }
    // A link pasted into a tab that is already open only changes the fragment.
    addEventListener('hashchange', () => {
      const fresh = takeFragment()
      if (fresh && this.phase.value.kind !== 'call') void this.#exchange(fresh)
    })
    addEventListener('pagehide', (event) => {
      if (!event.persisted) this.leg?.leave()
    })
  }

  async #exchange(code: string): Promise<void> {
    this.phase.value = { kind: 'exchanging' }
    try {
      this.#block = await request<JoinBlock>('/v1/join_codes/exchange', postJSON({ code }))
      this.phase.value = { kind: 'ready' }
    } catch (error) {
      this.phase.value = { kind: 'bad-link', error: asLinkError(error) }
    }
  }

  /** Call it from a click: sound and microphone need a gesture. */
  async join(options: Partial<JoinOptions>): Promise<void> {
    const block = this.#block
    if (!block) return
    if (Date.parse(block.expires_at) <= Date.now()) {
      this.phase.value = { kind: 'bad-link', error: new TonegateError('token_expired', 'The link has expired.') }
      return
    }
    this.phase.value = { kind: 'joining' }
    const tap = new Tap()
    try {
      const leg = await joinConference({
        url: block.signaling_url || `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/rtc`,
        token: block.token,
        iceServers: block.ice_servers ?? [],
        audioElement: this.audio,
        ...options,
      })
      this.#tap = tap
      this.#adopt(leg)
    } catch (error) {
      tap.close()
      const spent = error instanceof TonegateError && ['token_rejected', 'conference_not_found', 'forbidden', 'superseded'].includes(error.code)
      this.phase.value = { kind: spent ? 'bad-link' : 'refused', error }
    }
  }

  toggleMute(): void {
    if (!this.leg) return
    this.leg.mute(!this.leg.muted)
    this.muted.value = this.leg.muted
  }

  #adopt(leg: Leg): void {
    this.leg = leg
    this.#block = undefined
    this.state.value = leg.state
    this.legs.value = leg.legs
    this.masking.value = leg.masking
    this.capture.value = leg.capture
    this.transfer.value = leg.transferState
    this.recording.value = leg.recording
    this.demonstration.value = leg.demonstration
    leg.on('state', (state, detail) => this.#changed(state, detail))
    leg.on('legs', (legs) => (this.legs.value = legs))
    leg.on('masking', (masking) => (this.masking.value = masking))
    leg.on('transfer', (state) => this.#moved(state))
    leg.on('capture', (capture) => (this.capture.value = capture))
    leg.on('recording', (recording) => (this.recording.value = recording))
    leg.on('error', (error) => (this.notice.value = error))
    leg.on('level', (levels) => this.#levels(levels))
    this.phase.value = { kind: 'call' }
    if (leg.demonstration) exposeForTests(leg, this.#tap)
    else this.#tap?.close()
  }

  #changed(state: LegState, detail: StateDetail): void {
    this.state.value = state
    if (state === 'connected' && this.connectedAt.value === undefined) {
      this.connectedAt.value = Date.now()
      if (this.demonstration.value) void this.#draw()
    }
    if (state === 'left' || state === 'failed') {
      const lasted = this.connectedAt.value === undefined ? 0 : Date.now() - this.connectedAt.value
      this.#tap?.close()
      this.phase.value = { kind: 'over', state, detail, lasted }
    }
  }

  async #draw(): Promise<void> {
    const { leg } = this
    const tap = this.#tap
    if (!leg || !tap) return
    const bus = busSender(leg.conferenceId, this.role)
    tap.onColumns = (columns) => {
      this.level.value = columns.level
      this.onColumns(columns)
      bus.send(columns)
    }
    await tap.listen(leg.stream)
  }

  /** Nothing tells of levels while there is nothing but music. */
  #moved(state: TransferState): void {
    this.transfer.value = state
    if (!this.demonstration.value) this.level.value = undefined
  }

  /** Without a tap the server's half-second levels drive the meter. */
  #levels(levels: Level[]): void {
    if (this.demonstration.value || levels.length === 0) return
    // 0 dBm0 lies 3.14 dB below full scale of a G.711 sine.
    this.level.value = Math.max(...levels.map((l) => l.dbm0)) - 6.2
  }
}

function asLinkError(error: unknown): unknown {
  if (error instanceof TonegateError && /^http_4|not_found|gone|code/.test(error.code)) {
    return new TonegateError('code_invalid', error.detail)
  }
  return error
}
