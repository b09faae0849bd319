import type { Capture, LegInfo, LegState, Masking, Role } from '../../sdk/tonegate'
import type { Tone } from './parts'

export const ROLE: Record<Role, string> = {
  customer: 'Customer',
  agent: 'Agent',
  ivr: 'Payment IVR',
  supervisor: 'Supervisor',
}

export const LEG_STATE: Record<LegInfo['state'], [words: string, tone: Tone]> = {
  invited: ['Not joined', 'plain'],
  joining: ['Joining', 'info'],
  connected: ['Connected', 'ok'],
  reconnecting: ['Reconnecting', 'warn'],
  left: ['Left', 'plain'],
}

export const OWN_STATE: Record<LegState, [words: string, tone: Tone]> = {
  connecting: ['Connecting', 'info'],
  connected: ['Connected', 'ok'],
  reconnecting: ['Reconnecting', 'warn'],
  left: ['Call ended', 'plain'],
  failed: ['Call failed', 'bad'],
}

/** What the masking state means to the person who listens. */
export function maskingWords(masking: Masking): { title: string; text: string; tone: Tone } {
  if (masking.talk) {
    return {
      title: 'You hear the customer',
      text: 'Speech only, for as long as you hold the button and ten seconds at most. Key tones are replaced.',
      tone: 'warn',
    }
  }
  if (masking.state === 'mute') {
    return {
      title: masking.armed ? 'Muted for the secure capture' : 'Muted',
      text: masking.armed
        ? 'Keys go to the payment IVR only. You hear comfort noise in place of the customer until it is over.'
        : 'You hear comfort noise in place of the customer until this is over.',
      tone: 'warn',
    }
  }
  if (masking.armed) {
    return {
      title: 'Secure capture: armed',
      text:
        masking.mode === 'strip'
          ? 'Keys go to the payment IVR only. You hear speech; each tone is replaced before it reaches you.'
          : 'Keys go to the payment IVR only. The customer’s voice pauses while a field is keyed in.',
      tone: 'info',
    }
  }
  return {
    title: 'Customer’s tones are masked',
    text: 'You hear the customer’s voice. Any key tone is replaced before it reaches you.',
    tone: 'ok',
  }
}

export const CAPTURE_STATE: Record<Capture['state'], [words: string, tone: Tone]> = {
  arming: ['Arming the mask', 'info'],
  collecting: ['Collecting', 'info'],
  submitting: ['Submitting', 'info'],
  completed: ['Completed', 'ok'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'plain'],
  expired: ['Timed out', 'warn'],
}

const FIELD: Record<string, string> = {
  digits: 'Keys',
  card_number: 'Card number',
  expiry: 'Expiry date',
  cvv: 'Security code',
  postal_code: 'Postal code',
  bank_account: 'Bank account',
  pin: 'PIN',
}

export const fieldName = (name: string): string => FIELD[name] ?? name.replaceAll('_', ' ')

export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${two(Math.floor(s / 60))}:${two(s % 60)}`
}
