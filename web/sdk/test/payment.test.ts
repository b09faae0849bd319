import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Capture } from '../types'
import { JOINED, World, settle } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const NUMBER = { name: 'card_number', state: 'entering', digits_entered: 0, masked: '', attempt: 1 }
const CODE = { name: 'cvv', state: 'pending', digits_entered: 0, masked: '' }
const progress = (members: object = {}) => ({ type: 'capture_progress', capture_id: 'cap_1', state: 'collecting', connector: 'psp-main', fields: [NUMBER, CODE], ...members })

/** A leg with a payment under way. */
async function paying(): Promise<World> {
  const w = new World()
  await w.connect({ ...JOINED, connectors: ['psp-main'] })
  void w.leg.startCapture({ fields: ['card_number', 'cvv'], connector: 'psp-main' })
  w.socket.receive(progress())
  await settle()
  return w
}

describe('a payment', () => {
  it('is asked for in the words of the protocol, without what was not asked', async () => {
    const w = new World()
    await w.connect({ ...JOINED, connectors: ['psp-main'] })
    expect(w.leg.connectors).toEqual(['psp-main'])
    const started = w.leg.startCapture({
      fields: ['card_number', 'postal_code'],
      connector: 'psp-main',
      action: 'charge',
      amount: { value: 1999, currency: 'EUR' },
      mask: 'mute',
      onDemand: true,
      releaseOnSubmit: true,
    })
    expect(w.socket.sent.at(-1)).toEqual({
      type: 'capture_start',
      fields: ['card_number', 'postal_code'],
      connector: 'psp-main',
      action: 'charge',
      amount: { value: 1999, currency: 'EUR' },
      mask: 'mute',
      on_demand: true,
      release_on_submit: true,
    })
    w.socket.receive(progress())
    await expect(started).resolves.toMatchObject({ connector: 'psp-main' })
    w.leg.leave()
    const bare = new World()
    await bare.connect()
    expect(bare.leg.connectors).toEqual([])
    void bare.leg.startCapture().catch(() => {})
    expect(bare.socket.sent.at(-1)).toEqual({ type: 'capture_start' })
    bare.leg.leave()
    await settle()
  })

  it('that names something unknown says which member that is', async () => {
    const w = new World()
    await w.connect()
    const started = w.leg.startCapture({ fields: ['card_number'], connector: 'psp-other' })
    w.socket.receive({ type: 'error', re: 'capture_start', code: 'unknown_connector', detail: 'No such connector.', pointer: '/connector' })
    await expect(started).rejects.toMatchObject({ code: 'unknown_connector', pointer: '/connector' })
  })

  it('is followed field by field; digits come only as the last four of an accepted number', async () => {
    const w = await paying()
    const seen: Capture[] = []
    w.leg.on('capture', (c) => seen.push(c))
    w.socket.receive(progress({ fields: [{ ...NUMBER, digits_entered: 12, masked: '••••••••••••' }, CODE] }))
    w.socket.receive(progress({ fields: [{ ...NUMBER, state: 'rejected', reason: 'luhn', attempt: 2 }, CODE] }))
    w.socket.receive(progress({ fields: [{ ...NUMBER, state: 'valid', digits_entered: 16, masked: '•••• •••• •••• 4242', brand: 'visa', attempt: 2 }, CODE] }))
    // Whatever a server shows of anything else, it is not taken for a last four.
    w.socket.receive(progress({ fields: [{ ...NUMBER, digits_entered: 16, masked: '••••••••••••4242' }, { ...CODE, state: 'valid', digits_entered: 4, masked: '••••' }] }))
    const [entering, rejected, valid, odd] = seen.map((c) => c.fields[0])
    expect(entering).toEqual({ name: 'card_number', state: 'entering', digitsEntered: 12, masked: '••••••••••••', attempt: 1 })
    expect(rejected).toMatchObject({ state: 'rejected', reason: 'luhn', attempt: 2 })
    expect(valid).toMatchObject({ state: 'valid', brand: 'visa', lastFour: '4242' })
    expect(odd).not.toHaveProperty('lastFour')
    expect(seen[3]!.fields[1]).not.toHaveProperty('lastFour')
  })

  it('asks for one field again, and knows from its attempt that it was done', async () => {
    const w = await paying()
    let done = false
    const again = w.leg.retryField('card_number').then((c) => {
      done = true
      return c
    })
    expect(w.socket.sent.at(-1)).toEqual({ type: 'capture_retry', field: 'card_number' })
    w.socket.receive(progress({ fields: [{ ...NUMBER, digits_entered: 3, masked: '•••' }, CODE] }))
    await settle()
    expect(done).toBe(false)
    w.socket.receive(progress({ fields: [{ ...NUMBER, attempt: 2 }, CODE] }))
    await expect(again).resolves.toMatchObject({ captureId: 'cap_1' })

    const first = w.leg.retryField('cvv')
    w.socket.receive(progress({ fields: [{ ...NUMBER, state: 'pending' }, { ...CODE, state: 'entering', attempt: 1 }] }))
    await expect(first).resolves.toBeDefined()

    const unknown = w.leg.retryField('pin')
    w.socket.receive({ type: 'error', re: 'capture_retry', code: 'unknown_field', detail: 'No such field.', pointer: '/field' })
    await expect(unknown).rejects.toMatchObject({ code: 'unknown_field' })
    w.socket.receive(progress({ state: 'cancelled' }))
    await expect(w.leg.retryField('cvv')).rejects.toMatchObject({ code: 'no_capture' })
  })

  it('is not said to be cancelled when it was already on its way', async () => {
    const w = await paying()
    const cancelled = w.leg.cancelCapture()
    w.socket.receive(progress({ state: 'submitting' }))
    w.socket.receive({ type: 'error', re: 'capture_cancel', code: 'capture_submitting', detail: 'It is being submitted.' })
    await expect(cancelled).rejects.toMatchObject({ code: 'capture_submitting' })
    expect(w.errors).toEqual([])
  })

  it('ends with a receipt, or with the class of the failure and whether it was sent', async () => {
    const w = await paying()
    w.socket.receive(progress({ state: 'completed', receipt: { of: 'token', ending: 'k3xq' } }))
    expect(w.leg.capture).toMatchObject({ state: 'completed', receipt: { of: 'token', ending: 'k3xq' } })
    expect(w.leg.capture).not.toHaveProperty('failure')
    w.socket.receive(progress({ state: 'failed', reason: 'provider_timeout', failure: { class: 'slow', sent: true } }))
    expect(w.leg.capture).toMatchObject({ reason: 'provider_timeout', failure: { class: 'slow', sent: true } })
    expect(w.leg.capture).not.toHaveProperty('receipt')
  })
})
