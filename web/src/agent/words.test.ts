import { describe, expect, it } from 'vitest'
import type { Capture, CaptureField } from '../../sdk/types'
import { bullets, deliveryWords, listenWords, minorUnits, news, outcome, recordingWords, transferButton, transferWords } from './words'

const field = (members: Partial<CaptureField> = {}): CaptureField => ({ name: 'card_number', state: 'entering', digitsEntered: 0, masked: '', ...members })
const capture = (members: Partial<Capture> = {}): Capture => ({ captureId: 'cap_1', state: 'collecting', connector: 'psp-main', fields: [field()], ...members })
const text = (members: Partial<Capture>) => {
  const words = outcome(capture(members))
  return `${words?.tone}: ${words?.title}. ${words?.text}`
}

describe('the outcome in words', () => {
  it('names what there is in place of the card', () => {
    expect(outcome(capture())).toBeNull()
    expect(text({ state: 'completed', receipt: { of: 'token', ending: 'k3xq' } })).toBe('ok: Card accepted. psp-main gave a token in its place. Its reference ends in k3xq.')
    expect(text({ state: 'completed', receipt: { of: 'charge' } })).toBe('ok: Paid. psp-main charged the card.')
    expect(text({ state: 'completed', receipt: { of: 'envelope' } })).toContain('Card sealed')
    expect(outcome({ captureId: 'cap_1', state: 'completed', fields: [] })?.text).toContain('no provider was asked')
  })

  it('tells a decline from a provider that is slow, down or not to be trusted', () => {
    const failed = (reason: Capture['reason'], cls: NonNullable<Capture['failure']>['class'], sent: boolean) =>
      text({ state: 'failed', reason: reason!, failure: { class: cls, sent } })
    expect(failed('declined', 'declined', true)).toBe('bad: The provider declined the card. Ask for another card, or agree on another way to pay.')
    expect(failed('provider_timeout', 'slow', true)).toContain('did not answer in time. Try again in a few minutes. It may have been carried out')
    expect(failed('provider_unreachable', 'unavailable', false)).toBe('bad: The provider is down. Try again in a few minutes.')
    expect(failed('provider_unreachable', 'bad_certificate', false)).toContain('could not be trusted')
    expect(failed('provider_unreachable', 'circuit_open', false)).toContain('keeps failing')
    expect(failed('provider_error', 'echoed', true)).toContain('sent the card back')
    expect(failed('submit_timeout', 'slow', true)).toBe('bad: No outcome came in time. The order was sent. It may have been carried out: look at the provider before you try again.')
    expect(failed('not_recorded', 'cancelled', false)).toBe('bad: The server cannot keep its record. So the provider was not asked, and nothing was sent. Tell the platform’s operator.')
    expect(text({ state: 'failed' })).toContain('The payment failed')
    expect(text({ state: 'expired', reason: 'timeout' })).toContain('The time for this payment is over')
    expect(text({ state: 'cancelled' })).toContain('plain: Cancelled')
    expect(text({ state: 'cancelled', reason: 'hang_up' })).toContain('left the call')
  })
})

describe('bullets', () => {
  it('show no digit but the last four of an accepted number, whatever the server sends', () => {
    expect(bullets(field({ digitsEntered: 6, masked: '411111' }))).toBe('•••• ••')
    expect(bullets(field({ state: 'valid', digitsEntered: 16, masked: '•••• •••• •••• 4242', lastFour: '4242' }))).toBe('•••• •••• •••• 4242')
    expect(bullets(field())).toBe('')
  })
})

describe('what a screen reader says', () => {
  it('is what changed: states at once, counts apart, no digit of the card', () => {
    const first = capture({ fields: [field(), field({ name: 'cvv', state: 'pending' })] })
    expect(news(null, first, 'Collecting')).toEqual({ states: 'Collecting. Card number: being keyed.', counts: '' })
    const keyed = capture({ fields: [field({ digitsEntered: 12 }), field({ name: 'cvv', state: 'pending' })] })
    expect(news(first, keyed, 'Collecting')).toEqual({ states: '', counts: 'Card number: 12 keys.' })
    expect(news(keyed, keyed, 'Collecting')).toEqual({ states: '', counts: '' })
    const done = capture({ fields: [field({ state: 'valid', digitsEntered: 16, brand: 'visa', lastFour: '4242', masked: '•••• •••• •••• 4242' }), field({ name: 'cvv' })] })
    const said = news(keyed, done, 'Collecting').states
    expect(said).toBe('Card number: accepted, Visa. Security code: being keyed.')
    const again = capture({ fields: [field({ state: 'rejected', reason: 'luhn', attempt: 2 })] })
    expect(news(keyed, again, 'Collecting').states).toBe('Card number: asked again, the card number has a wrong digit.')
    const over = capture({ state: 'completed', receipt: { of: 'token', ending: 'k3xq' }, fields: done.fields })
    expect(news(done, over, 'Completed').states).toMatch(/^Card accepted\. .* k3xq\.$/)
  })
})

describe('an amount', () => {
  it('is read in the minor units of its currency', () => {
    expect(minorUnits('19.99', 'EUR')).toBe(1999)
    expect(minorUnits(' 19,9 ', 'EUR')).toBe(1990)
    expect(minorUnits('500', 'JPY')).toBe(500)
    expect(minorUnits('1.250', 'KWD')).toBe(1250)
    for (const [amount, currency] of [['', 'EUR'], ['0', 'EUR'], ['1.999', 'EUR'], ['1.5', 'JPY'], ['-1', 'EUR'], ['1', 'eur'], ['1e3', 'EUR']] as const) {
      expect(minorUnits(amount, currency)).toBeUndefined()
    }
  })
})

describe('press-to-talk in words', () => {
  it('says that the customer is heard only when it is so, and otherwise why not', () => {
    const idle = { granted: true, connected: true, held: false, open: false, ended: false }
    expect(listenWords(idle)).toMatch(/^If the customer needs you: hold to hear them, 10 seconds at most/)
    expect(listenWords({ ...idle, held: true })).toBe('Opening…')
    expect(listenWords({ ...idle, held: true, open: true })).toMatch(/^You hear the customer/)
    expect(listenWords({ ...idle, ended: true })).toMatch(/^Time is up/)
    expect(listenWords({ ...idle, connected: false, ended: true })).toMatch(/connection/)
    expect(listenWords({ ...idle, granted: false })).toMatch(/does not allow/)
  })
})

describe('a transfer in words', () => {
  it('says what is heard, and what the button does', () => {
    expect(transferWords('together', false)).toBeNull()
    expect(transferWords('with_ivr', false)?.text).toContain('You hear music, and nothing of customer and IVR')
    expect(transferWords('with_ivr', true)?.text).toContain('music and the agent')
    expect(['together', 'parking', 'with_ivr', 'returning'].map((s) => transferButton(s as never))).toEqual([
      'Send to IVR',
      'Sending to IVR…',
      'Take back',
      'Taking back…',
    ])
  })
})

describe('the recording in words', () => {
  it('says why it is paused', () => {
    expect(recordingWords({ state: 'recording' })[0]).toBe('Recording')
    expect(recordingWords({ state: 'paused' })[0]).toBe('Recording paused')
    expect(recordingWords({ state: 'paused', reason: 'page' })[0]).toBe('Recording paused (payment page)')
    expect(recordingWords({ state: 'paused', reason: 'capture' })[0]).toBe('Recording paused (secure capture)')
    expect(recordingWords({ state: 'failed' })[0]).toBe('Recording failed: the call goes on')
  })

  it('says why there is none', () => {
    const failed = (reason: string) => recordingWords({ state: 'failed', reason })[0]
    expect(failed('not_started')).toBe('Recording did not start: the call goes on')
    expect(failed('spool_full')).toBe('No recording, too many wait for the store: the call goes on')
    expect(failed('disk_full')).toBe('Recording failed, the server’s disk is full: the call goes on')
    expect(failed('disk')).toBe('Recording failed, the server’s disk does not work: the call goes on')
    expect(failed('something later')).toBe('Recording failed: the call goes on')
  })

  it('says what is the matter with the store, whatever is recorded', () => {
    const words = (delivery?: string) => deliveryWords({ state: 'recording', ...(delivery ? { delivery } : {}) })
    expect(words()).toBeNull()
    expect(words('store_full')).toBe('The store for recordings is full. They wait at the server. The call goes on: tell the platform’s operator.')
    expect(words('expired')).toBe('A recording was deleted before it could be stored. The call goes on: tell the platform’s operator.')
    expect(words('something later')).toBe('Recordings do not get to their store. They wait at the server. The call goes on: tell the platform’s operator.')
    for (const cause of ['store_down', 'store_slow', 'store_refused', 'store_mismatch', 'spool_damaged']) expect(words(cause)).not.toBe(words('something later'))
  })
})
