import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { JOINED, World, settle } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const MUTED = { type: 'masking', state: 'mute', mode: 'mute', armed: true }
const OPEN = { type: 'masking', state: 'armed', mode: 'strip', armed: true, talk: true }

/** An agent during a capture that mutes the customer. */
async function muted(): Promise<World> {
  const w = new World()
  await w.connect({ ...JOINED, grants: ['capture', 'talk'], masking: MUTED })
  return w
}

describe('press-to-talk', () => {
  it('is open once the masking says so, and over once it says so', async () => {
    const w = await muted()
    const seen: boolean[] = []
    w.leg.on('masking', (m) => seen.push(m.talk))
    expect(w.leg.masking).toEqual({ state: 'mute', mode: 'mute', armed: true, talk: false })
    let open = false
    void w.leg.pressTalk().then(() => (open = true))
    expect(w.socket.sent.at(-1)).toEqual({ type: 'talk_press' })
    // Somebody else's news do not open it.
    w.socket.receive(MUTED)
    await settle()
    expect(open).toBe(false)
    w.socket.receive(OPEN)
    await settle()
    expect(open).toBe(true)
    expect(w.leg.masking).toEqual({ state: 'armed', mode: 'strip', armed: true, talk: true })
    w.leg.releaseTalk()
    expect(w.socket.sent.at(-1)).toEqual({ type: 'talk_release' })
    w.socket.receive(MUTED)
    expect(seen).toEqual([false, true, false])
    expect(w.errors).toEqual([])
  })

  it('that is refused says why; one at a time', async () => {
    const w = await muted()
    const press = w.leg.pressTalk()
    await expect(w.leg.pressTalk()).rejects.toMatchObject({ code: 'busy' })
    w.socket.receive({ type: 'error', re: 'talk_press', code: 'talk_not_muted', detail: 'Not muted.' })
    await expect(press).rejects.toMatchObject({ code: 'talk_not_muted' })
    expect(w.errors).toEqual([])
    expect(w.socket.types.filter((t) => t === 'talk_press')).toHaveLength(1)
  })

  it('leaves a capture command under way alone, and the other way round', async () => {
    const w = await muted()
    const capture = w.leg.startCapture()
    const press = w.leg.pressTalk()
    w.socket.receive({ type: 'error', re: 'talk_press', code: 'capture_not_collecting', detail: 'None.' })
    await expect(press).rejects.toMatchObject({ code: 'capture_not_collecting' })
    const second = w.leg.pressTalk()
    w.socket.receive({ type: 'error', re: 'capture_start', code: 'no_collector', detail: 'None.' })
    await expect(capture).rejects.toMatchObject({ code: 'no_collector' })
    w.socket.receive(OPEN)
    await second
  })

  it('released before it opened is told apart, and released at the server too', async () => {
    const w = await muted()
    const press = w.leg.pressTalk()
    w.leg.releaseTalk()
    await expect(press).rejects.toMatchObject({ code: 'talk_released' })
    expect(w.socket.types.slice(-2)).toEqual(['talk_press', 'talk_release'])
  })

  it('that nobody confirms is released, lest it opens later', async () => {
    const w = await muted()
    const press = w.leg.pressTalk().catch((error: { code: string }) => error.code)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await press).toBe('timeout')
    expect(w.socket.types.at(-1)).toBe('talk_release')
  })

  it('ends with the connection and with the call, and is not pressed anew by itself', async () => {
    const w = await muted()
    const press = w.leg.pressTalk().catch((error: { code: string }) => error.code)
    w.socket.drop()
    expect(await press).toBe('not_connected')
    await expect(w.leg.pressTalk()).rejects.toMatchObject({ code: 'not_connected' })
    w.leg.releaseTalk()
    await w.rejoin('secret-2')
    expect(w.socket.types).not.toContain('talk_press')
    const last = w.leg.pressTalk().catch((error: { code: string }) => error.code)
    w.leg.leave()
    expect(await last).toBe('left')
  })
})
