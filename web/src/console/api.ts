import { signal } from '@preact/signals'
import { TonegateError } from '../../sdk/tonegate'
import type { LegInfo, Role } from '../../sdk/tonegate'
import { takeFragment } from '../lib/fragment'
import { postJSON, request } from '../lib/problem'

export interface Conference {
  id: string
  state: 'created' | 'active' | 'ended'
  created_at: string
  external_id?: string
  demonstration: boolean
  legs: { id: string; role: Role; kind: LegInfo['kind']; state: LegInfo['state'] }[]
}

export interface DemoLink {
  role: Role
  leg_id: string
  code: string
  path: string
}

export interface Demonstration {
  conference_id: string
  links: DemoLink[]
}

/** The key lives as long as the tab, and nowhere but in it. */
const SLOT = 'tonegate.key'

export const key = signal(sessionStorage.getItem(SLOT) ?? '')
export const signIn = signal<{ busy: boolean; error: unknown }>({ busy: false, error: null })

function remember(value: string): void {
  key.value = value
  if (value) sessionStorage.setItem(SLOT, value)
  else sessionStorage.removeItem(SLOT)
}

export const signOut = (): void => remember('')

const authorised = (value: string): Record<string, string> => ({ Authorization: `Bearer ${value}` })

function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  return request<T>(path, { ...init, headers: { ...init.headers, ...authorised(key.value) } })
}

/** Takes a key over once the server has shown that it accepts it. */
export async function tryKey(value: string): Promise<void> {
  signIn.value = { busy: true, error: null }
  try {
    await request('/v1/conferences?limit=1', { headers: authorised(value) })
    remember(value)
    signIn.value = { busy: false, error: null }
  } catch (error) {
    signIn.value = { busy: false, error }
  }
}

/** `/#login=<one-time code>`, as the server prints it at its first start. */
export async function loginFromLink(): Promise<void> {
  const fragment = takeFragment()
  if (!fragment.startsWith('login=')) return
  signIn.value = { busy: true, error: null }
  try {
    const { api_key } = await request<{ api_key: string }>('/v1/console_sessions/exchange', postJSON({ code: fragment.slice(6) }))
    remember(api_key)
    signIn.value = { busy: false, error: null }
  } catch (cause) {
    const network = cause instanceof TonegateError && cause.code === 'network'
    signIn.value = { busy: false, error: network ? cause : new TonegateError('login_used', 'The sign-in link was refused.') }
  }
}

const idempotent = (): Record<string, string> => ({ 'Idempotency-Key': crypto.randomUUID() })

export const startDemonstration = (ivr: 'browser' | 'builtin'): Promise<Demonstration> =>
  call('/v1/demonstrations', postJSON({ ivr }, idempotent()))

/** A leg's first code is spent once its tab is open; this asks for another. */
export const newCode = (legId: string): Promise<{ code: string }> =>
  call(`/v1/legs/${encodeURIComponent(legId)}/join_codes`, postJSON({}, idempotent()))

export const conference = (id: string): Promise<Conference> => call(`/v1/conferences/${encodeURIComponent(id)}`)

export const conferences = (): Promise<{ items: Conference[] }> => call('/v1/conferences')

export const endConference = (id: string): Promise<Conference> =>
  call(`/v1/conferences/${encodeURIComponent(id)}/end`, postJSON({}, idempotent()))

export async function serverVersion(): Promise<string> {
  const { version } = await request<{ version?: string }>('/version')
  return version ?? ''
}
