/** The wire format, `tonegate.v1`, and its translation into the SDK's types. */
import type { Capture, CaptureField, CaptureOptions, FieldName, LegInfo, Level, Masking, Recording, Role, TransferState, TransferTo } from './types'

export type ClientMessage =
  | { type: 'join'; token: string }
  | { type: 'join'; leg_id: string; resume: string }
  | { type: 'offer'; sdp: string }
  | { type: 'candidate'; candidate: string; sdp_mid?: string | null; sdp_mline_index?: number | null }
  | { type: 'mute'; muted: boolean }
  | ({ type: 'capture_start' } & WireCaptureOptions)
  | { type: 'capture_retry'; field: string }
  | { type: 'capture_complete' }
  | { type: 'capture_cancel' }
  | { type: 'talk_press' }
  | { type: 'talk_release' }
  | { type: 'hold'; on_hold: boolean; leg_id?: string }
  | { type: 'transfer'; to: TransferTo }
  | { type: 'recording'; state: 'paused' | 'recording' }
  | { type: 'page'; page: string }
  | { type: 'leave' }
  | { type: 'ping'; n: number }

interface WireCaptureOptions {
  fields?: readonly FieldName[]
  connector?: string
  action?: string
  amount?: { value: number; currency: string }
  mask?: string
  max_digits?: number
  on_demand?: boolean
  release_on_submit?: boolean
}

/** Plain addresses, or objects where a server needs credentials. */
export type WireIceServer = string | RTCIceServer

export const iceServers = (w: readonly WireIceServer[] | undefined): RTCIceServer[] =>
  (w ?? []).map((server) => (typeof server === 'string' ? { urls: server } : server))

/** `talk` is there when it is true. */
type WireMasking = Omit<Masking, 'talk'> & { talk?: boolean }

interface WireLeg {
  leg_id: string
  role: Role
  kind: LegInfo['kind']
  state: LegInfo['state']
  /** It is there when it is true. */
  on_hold?: boolean
}

export interface WireCapture {
  capture_id: string
  state: Capture['state']
  reason?: Capture['reason']
  fields?: WireField[]
  connector?: string
  receipt?: Capture['receipt']
  failure?: Capture['failure']
}

type WireField = Pick<CaptureField, 'name' | 'state' | 'masked' | 'brand' | 'attempt' | 'reason'> & { digits_entered: number }

export interface Joined {
  type: 'joined'
  conference_id: string
  leg_id: string
  role: Role
  grants: string[]
  resume: string
  ice_servers?: WireIceServer[]
  demonstration: boolean
  legs: WireLeg[]
  masking: WireMasking
  capture: WireCapture | null
  connectors?: string[]
  transfer?: { state: TransferState }
  recording?: Recording | null
}

export type ServerMessage =
  | Joined
  | { type: 'answer'; sdp: string }
  | { type: 'candidate'; candidate: string; sdp_mid?: string; sdp_mline_index?: number }
  | ({ type: 'leg_joined' | 'leg_left' | 'leg_state' } & WireLeg)
  | ({ type: 'masking' } & WireMasking)
  | ({ type: 'capture_progress' } & WireCapture)
  | { type: 'transfer'; state: TransferState }
  | ({ type: 'recording' } & Recording)
  | { type: 'level'; levels: { leg_id: string; dbm0: number }[] }
  | { type: 'quality'; lost: number; concealed: number; received: number }
  | { type: 'error'; code: string; detail: string; re?: string; pointer?: string }
  | { type: 'going_away'; reason: string }
  | { type: 'bye'; reason: string }
  | { type: 'pong'; n: number }

export const legInfo = (w: WireLeg): LegInfo => ({
  legId: w.leg_id,
  role: w.role,
  kind: w.kind,
  state: w.state,
  onHold: w.on_hold === true,
})

export const masking = (w: WireMasking): Masking => ({ state: w.state, mode: w.mode, armed: w.armed, talk: w.talk === true })

export const recording = (w: Recording): Recording => ({ state: w.state, ...present({ reason: w.reason, delivery: w.delivery }) })

export const levels = (w: { leg_id: string; dbm0: number }[]): Level[] =>
  w.map((l) => ({ legId: l.leg_id, dbm0: l.dbm0 }))

/** Without the members that are not there: the server tells missing from empty. */
const present = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never

export const captureStart = (o: CaptureOptions): ClientMessage => ({
  type: 'capture_start',
  ...present({
    fields: o.fields,
    connector: o.connector,
    action: o.action,
    amount: o.amount && { value: o.amount.value, currency: o.amount.currency },
    mask: o.mask,
    max_digits: o.maxDigits,
    on_demand: o.onDemand,
    release_on_submit: o.releaseOnSubmit,
  }),
})

const field = (f: WireField): CaptureField => ({
  name: f.name,
  state: f.state,
  digitsEntered: f.digits_entered,
  masked: f.masked,
  // Only an accepted card number ends in digits; of anything else they are not passed on as such.
  ...present({ brand: f.brand, attempt: f.attempt, reason: f.reason, lastFour: f.state === 'valid' ? /•.*?(\d{4})$/.exec(f.masked)?.[1] : undefined }),
})

export const capture = (w: WireCapture): Capture => ({
  captureId: w.capture_id,
  state: w.state,
  fields: (w.fields ?? []).map(field),
  ...present({ reason: w.reason, connector: w.connector, receipt: w.receipt, failure: w.failure }),
})
