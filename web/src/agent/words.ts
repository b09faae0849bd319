import type { Brand, Capture, CaptureField, CaptureReason, DeliveryTrouble, FieldReason, FieldState, PaymentFailure, Recording, RecordingFailure, TransferState } from '../../sdk/tonegate'
import type { Tone } from '../ui/parts'
import { fieldName } from '../ui/words'

export const FIELD_STATE: Record<FieldState, [words: string, tone: Tone]> = {
  pending: ['Waiting', 'plain'],
  entering: ['Being keyed', 'info'],
  valid: ['Accepted', 'ok'],
  rejected: ['Asked again', 'warn'],
  failed: ['Not finished', 'plain'],
}

export const BRAND: Record<Brand, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  maestro: 'Maestro',
}

/** Why an entry was not accepted, to be said to the customer. */
export const FIELD_REASON: Record<FieldReason, string> = {
  not_digits: 'There was a sign among the digits.',
  length: 'There were too few or too many digits.',
  unknown_brand: 'This is no card number that is known.',
  luhn: 'The card number has a wrong digit.',
  month: 'There is no such month.',
  past: 'The card has expired.',
  too_far: 'The date lies too far ahead.',
  pattern: 'It does not look as it should.',
  refused: 'The payment IVR did not accept it.',
}

export interface Words {
  title: string
  text: string
  tone: Tone
}

const REASON: Record<CaptureReason, Omit<Words, 'tone'>> = {
  no_input: { title: 'The customer keyed nothing', text: 'Ask whether the card is at hand, then try again.' },
  too_many_attempts: { title: 'No entry was accepted', text: 'Ask the customer to check the card, or to use another one.' },
  too_many_digits: { title: 'Too many keys came', text: 'Ask the customer to key each field once, then try again.' },
  arena_full: { title: 'The server has no protected memory left', text: 'Try again in a moment. If it stays, tell the platform’s operator.' },
  timeout: { title: 'The time for this payment is over', text: 'What was keyed is erased. Take the payment again when the customer is ready.' },
  cancel_key: { title: 'The customer cancelled', text: 'What was keyed is erased.' },
  hang_up: { title: 'The customer left the call', text: 'What was keyed is erased. Nothing was sent to the provider.' },
  conference_ended: { title: 'The call ended', text: 'What was keyed is erased.' },
  restart: { title: 'The server was restarted', text: 'What was keyed is erased. Take the payment again.' },
  submit_timeout: { title: 'No outcome came in time', text: 'The order was sent.' },
  declined: { title: 'The provider declined the card', text: 'Ask for another card, or agree on another way to pay.' },
  provider_error: { title: 'The provider’s answer could not be used', text: 'Tell the platform’s operator.' },
  provider_timeout: { title: 'The provider did not answer in time', text: 'Try again in a few minutes.' },
  provider_unreachable: { title: 'The provider is down', text: 'Try again in a few minutes.' },
  collector: { title: 'The payment IVR gave up', text: 'Try again. If it stays, tell the platform’s operator.' },
  not_recorded: { title: 'The server cannot keep its record', text: 'So the provider was not asked, and nothing was sent. Tell the platform’s operator.' },
}

/** Where the class says more than the reason. */
const CLASS: Partial<Record<PaymentFailure['class'], Omit<Words, 'tone'>>> = {
  bad_certificate: { title: 'The provider could not be trusted', text: 'Its certificate is not the one expected. Nothing was sent. Tell the platform’s operator.' },
  circuit_open: { title: 'The provider keeps failing', text: 'It is left alone for a while. Try again in a few minutes.' },
  echoed: { title: 'The provider sent the card back', text: 'Its answer was thrown away. Tell the platform’s operator.' },
  invalid_order: { title: 'The provider takes no such payment', text: 'Nothing was sent. Check amount and fields, or tell the platform’s operator.' },
}

const MAYBE_SENT = ' It may have been carried out: look at the provider before you try again.'

/** What became of a capture, to be read to the customer; null while it collects. */
export function outcome(capture: Capture): Words | null {
  const { state, reason, failure, receipt, connector } = capture
  switch (state) {
    case 'arming':
    case 'collecting':
      return null
    case 'submitting':
      return { title: connector ? `Waiting for ${connector}` : 'Waiting for the provider', text: 'All fields are in. Nothing can be cancelled now.', tone: 'info' }
    case 'completed':
      return completed(receipt, connector)
    case 'cancelled':
      return { ...(reason ? REASON[reason] : { title: 'Cancelled', text: 'What was keyed is erased. Nothing was sent to the provider.' }), tone: 'plain' }
    case 'expired':
      return { ...REASON.timeout, tone: 'warn' }
    case 'failed': {
      const words = (failure && CLASS[failure.class]) || (reason && REASON[reason]) || { title: 'The payment failed', text: 'Try again. If it stays, tell the platform’s operator.' }
      // A decline is an answer: it is known what became of the order.
      const unsure = failure?.sent && failure.class !== 'declined'
      return { title: words.title, text: words.text + (unsure ? MAYBE_SENT : ''), tone: 'bad' }
    }
  }
}

function completed(receipt: Capture['receipt'], connector: string | undefined): Words {
  const ending = receipt?.ending ? ` Its reference ends in ${receipt.ending}.` : ''
  const by = connector ?? 'The payment IVR'
  switch (receipt?.of) {
    case 'token':
      return { title: 'Card accepted', text: `${by} gave a token in its place.${ending}`, tone: 'ok' }
    case 'charge':
      return { title: 'Paid', text: `${by} charged the card.${ending}`, tone: 'ok' }
    case 'envelope':
      return { title: 'Card sealed', text: 'It is encrypted to its recipient’s key. Nobody here can open it.', tone: 'ok' }
    default:
      return { title: 'All entries are in', text: 'They were checked and erased; no provider was asked for.', tone: 'ok' }
  }
}

/** What the agent hears while the customer is with the IVR; null while they are together. */
export function transferWords(state: TransferState, watches: boolean): Words | null {
  const heard = watches ? 'You hear music and the agent' : 'You hear music'
  switch (state) {
    case 'together':
      return null
    case 'parking':
      return { title: 'Sending the customer to the payment IVR…', text: `${heard}, and nothing of the customer.`, tone: 'info' }
    case 'with_ivr':
      return {
        title: 'The customer is alone with the payment IVR',
        text: watches
          ? `${heard}, and nothing of customer and IVR. They are together again when the IVR is done.`
          : 'You hear music, and nothing of customer and IVR; they do not hear you. You are together again when the IVR is done, or when you take the customer back. That cancels what is being keyed.',
        tone: 'info',
      }
    case 'returning':
      return { title: 'Taking the customer back…', text: `${heard} for a moment longer.`, tone: 'info' }
  }
}

export const transferButton = (state: TransferState): string =>
  ({ together: 'Send to IVR', parking: 'Sending to IVR…', with_ivr: 'Take back', returning: 'Taking back…' })[state]

/** How long one press of press-to-talk lasts at most: the server counts it too. */
export const LISTEN_S = 10

export const ENDED = 'Time is up. Let go, and hold again to go on.'

/** What the button of press-to-talk does, or why it does nothing. */
export function listenWords(now: { granted: boolean; connected: boolean; held: boolean; open: boolean; ended: boolean }): string {
  if (!now.granted) return 'This link does not allow listening while the customer is muted.'
  if (!now.connected) return 'There is no listening until the connection is back.'
  if (now.open) return 'You hear the customer. Key tones stay out.'
  if (now.held) return 'Opening…'
  if (now.ended) return ENDED
  return `If the customer needs you: hold to hear them, ${LISTEN_S} seconds at most. Key tones stay out, and each press is on record.`
}

/** What becomes of the recording, in a few words. */
export function recordingWords({ state, reason }: Recording): [words: string, tone: Tone] {
  switch (state) {
    case 'recording':
      return ['Recording', 'bad']
    case 'paused':
      return [reason === 'page' ? 'Recording paused (payment page)' : reason === 'capture' ? 'Recording paused (secure capture)' : 'Recording paused', 'warn']
    case 'stopped':
      return ['Recording stopped', 'plain']
    case 'failed':
      return [`${FAILED[reason as RecordingFailure] ?? 'Recording failed'}: the call goes on`, 'warn']
  }
}

const FAILED: Record<RecordingFailure, string> = {
  not_started: 'Recording did not start',
  spool_full: 'No recording, too many wait for the store',
  disk_full: 'Recording failed, the server’s disk is full',
  disk: 'Recording failed, the server’s disk does not work',
}

const DELIVERY: Record<DeliveryTrouble, string> = {
  store_down: 'The store for recordings cannot be reached.',
  store_slow: 'The store for recordings is too slow.',
  store_full: 'The store for recordings is full.',
  store_refused: 'The store refuses recordings.',
  store_mismatch: 'The store for recordings holds something else than it was given.',
  spool_damaged: 'A recording was damaged at the server before it was stored.',
  expired: 'A recording was deleted before it could be stored.',
}

/** What is the matter with recordings that do not get to their store; null: nothing. */
export function deliveryWords({ delivery }: Recording): string | null {
  if (!delivery) return null
  const lost = delivery === 'spool_damaged' || delivery === 'expired'
  const words = DELIVERY[delivery as DeliveryTrouble] ?? 'Recordings do not get to their store.'
  return `${words} ${lost ? '' : 'They wait at the server. '}The call goes on: tell the platform’s operator.`
}

export const keys = (n: number): string => (n === 0 ? 'Nothing keyed yet' : n === 1 ? '1 key' : `${n} keys`)

/**
 * Bullets made here from the count: no digit of an entry is shown whatever a
 * server sends, but the last four of an accepted card number.
 */
export function bullets({ digitsEntered, lastFour }: CaptureField): string {
  const shown = lastFour ?? ''
  return ('•'.repeat(Math.max(0, Math.min(64, digitsEntered) - shown.length)) + shown).replace(/(.{4})(?=.)/gu, '$1 ')
}

function spoken(field: CaptureField): string {
  const words = [FIELD_STATE[field.state][0].toLowerCase()]
  if (field.brand && field.state === 'valid') words.push(BRAND[field.brand])
  if (field.reason && field.state === 'rejected') words.push(FIELD_REASON[field.reason].replace(/\.$/, '').toLowerCase())
  return `${fieldName(field.name)}: ${words.join(', ')}.`
}

/**
 * What a screen reader is to say now that a capture has changed: states at
 * once, counts once they rest. Never a digit of the card.
 */
export function news(before: Capture | null, after: Capture, stateWords: string): { states: string; counts: string } {
  const same = before?.captureId === after.captureId
  const old = (name: string) => (same ? before!.fields.find((f) => f.name === name) : undefined)
  const states: string[] = []
  if (!same || before!.state !== after.state) {
    const end = outcome(after)
    states.push(end ? `${end.title}. ${end.text}` : `${stateWords}.`)
  }
  for (const field of after.fields) {
    const then = old(field.name)
    const news = then ? then.state !== field.state || then.attempt !== field.attempt : field.state !== 'pending'
    if (news) states.push(spoken(field))
  }
  const counts = after.fields
    .filter((f) => f.state === 'entering' && f.digitsEntered > 0 && f.digitsEntered !== old(f.name)?.digitsEntered)
    .map((f) => `${fieldName(f.name)}: ${keys(f.digitsEntered)}.`)
  return { states: states.join(' '), counts: counts.join(' ') }
}

/** An amount as people write it, in minor units; undefined if it is none. */
export function minorUnits(text: string, currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) return undefined
  const places = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  const [, whole, part = ''] = /^\s*(\d{1,9})(?:[.,](\d+))?\s*$/.exec(text) ?? []
  if (whole === undefined || part.length > places) return undefined
  const value = Number(whole + part.padEnd(places, '0'))
  return value > 0 ? value : undefined
}
