import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { JOINED, World, settle } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function agent(more = {}): Promise<World> {
  const w = new World()
  await w.connect({ ...JOINED, grants: ['transfer', 'hold'], transfer: { state: 'together' }, ...more })
  return w
}
const moved = (w: World, state: string) => w.socket.receive({ type: 'transfer', state })

describe('a transfer', () => {
  it('is done once the agent is where it goes to', async () => {
    const w = await agent()
    const seen: string[] = []
    w.leg.on('transfer', (state) => seen.push(state))
    let done = ''
    void w.leg.transfer('ivr').then(() => (done = 'ivr'))
    expect(w.socket.sent.at(-1)).toEqual({ type: 'transfer', to: 'ivr' })
    moved(w, 'parking')
    await settle()
    expect(done).toBe('')
    moved(w, 'with_ivr')
    await settle()
    expect(done).toBe('ivr')
    void w.leg.transfer('agent').then(() => (done = 'agent'))
    moved(w, 'returning')
    await settle()
    expect(done).toBe('ivr')
    moved(w, 'together')
    await settle()
    expect(done).toBe('agent')
    expect(seen).toEqual(['parking', 'with_ivr', 'returning', 'together'])
    expect(w.leg.transferState).toBe('together')
  })

  it('that is refused says why; one at a time', async () => {
    const w = await agent()
    const first = w.leg.transfer('ivr')
    await expect(w.leg.transfer('agent')).rejects.toMatchObject({ code: 'busy' })
    w.socket.receive({ type: 'error', re: 'transfer', code: 'party_absent', detail: 'Nobody is on the call as ivr.' })
    await expect(first).rejects.toMatchObject({ code: 'party_absent' })
    expect(w.errors).toEqual([])
  })

  it('that nobody confirms is given up', async () => {
    const w = await agent()
    const first = w.leg.transfer('ivr').catch((error: { code: string }) => error.code)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await first).toBe('timeout')
  })

  it('is known to who joins meanwhile', async () => {
    const w = await agent({ transfer: { state: 'with_ivr' } })
    expect(w.leg.transferState).toBe('with_ivr')
  })
})

describe('hold', () => {
  it('asks for a leg, by default its own, and legs tell of it', async () => {
    const w = await agent()
    w.leg.hold(true, 'leg_c')
    expect(w.socket.sent.at(-1)).toEqual({ type: 'hold', on_hold: true, leg_id: 'leg_c' })
    w.leg.hold(false)
    expect(w.socket.sent.at(-1)).toEqual({ type: 'hold', on_hold: false, leg_id: w.leg.id })
    w.socket.receive({ type: 'leg_state', leg_id: 'leg_c', role: 'customer', kind: 'external', state: 'connected', on_hold: true })
    expect(w.leg.legs.find((l) => l.legId === 'leg_c')).toMatchObject({ onHold: true })
  })
})
