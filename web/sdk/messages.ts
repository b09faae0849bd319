/** The wire format, `tonegate.v1`, and its translation into the SDK's types. */
import type { Capture, LegInfo, Level, Masking, Role } from './types'

export type ClientMessage =
  | { type: 'join'; token: string }
  | { type: 'join'; leg_id: string; resume: string }
  | { type: 'offer'; sdp: string }
  | { type: 'candidate'; candidate: string; sdp_mid?: string | null; sdp_mline_index?: number | null }
  | { type: 'mute'; muted: boolean }
  | { type: 'capture_start'; mask?: string; max_digits?: number }
  | { type: 'capture_complete' }
  | { type: 'capture_cancel' }
  | { type: 'leave' }
  | { type: 'ping'; n: number }

/** Plain addresses, or objects where a server needs credentials. */
export type WireIceServer = string | RTCIceServer

export const iceServers = (w: readonly WireIceServer[] | undefined): RTCIceServer[] =>
  (w ?? []).map((server) => (typeof server === 'string' ? { urls: server } : server))

interface WireLeg {
  leg_id: string
  role: Role
  kind: LegInfo['kind']
  state: LegInfo['state']
}

export interface WireCapture {
  capture_id: string
  state: Capture['state']
  reason?: string
  fields?: { name: string; state: string; digits_entered: number; masked: string }[]
}

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
  masking: Masking
  capture: WireCapture | null
}

export type ServerMessage =
  | Joined
  | { type: 'answer'; sdp: string }
  | { type: 'candidate'; candidate: string; sdp_mid?: string; sdp_mline_index?: number }
  | ({ type: 'leg_joined' | 'leg_left' | 'leg_state' } & WireLeg)
  | ({ type: 'masking' } & Masking)
  | ({ type: 'capture_progress' } & WireCapture)
  | { type: 'level'; levels: { leg_id: string; dbm0: number }[] }
  | { type: 'quality'; lost: number; concealed: number; received: number }
  | { type: 'error'; code: string; detail: string; re?: string }
  | { type: 'going_away'; reason: string }
  | { type: 'bye'; reason: string }
  | { type: 'pong'; n: number }

export const legInfo = (w: WireLeg): LegInfo => ({ legId: w.leg_id, role: w.role, kind: w.kind, state: w.state })

export const masking = (w: Masking): Masking => ({ state: w.state, mode: w.mode, armed: w.armed })

export const levels = (w: { leg_id: string; dbm0: number }[]): Level[] =>
  w.map((l) => ({ legId: l.leg_id, dbm0: l.dbm0 }))

export const capture = (w: WireCapture): Capture => ({
  captureId: w.capture_id,
  state: w.state,
  ...(w.reason ? { reason: w.reason } : {}),
  fields: (w.fields ?? []).map((f) => ({
    name: f.name,
    state: f.state,
    digitsEntered: f.digits_entered,
    masked: f.masked,
  })),
})
