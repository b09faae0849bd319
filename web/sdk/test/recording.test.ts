import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followPages, pageName, pausedOn } from '../pages'
import { JOINED, World } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const RECORDED = { ...JOINED, grants: ['capture', 'record', 'page'], recording: { state: 'recording' } }

async function recorded(joined: object = RECORDED): Promise<World> {
  const w = new World()
  await w.connect(joined)
  return w
}

describe('the recording', () => {
  it('is known from the start, paused and resumed, and everybody’s news are told', async () => {
    const w = await recorded()
    const told: string[] = []
    w.leg.on('recording', ({ state, reason }) => told.push(reason ? `${state} (${reason})` : state))
    expect(w.leg.recording).toEqual({ state: 'recording' })
    const paused = w.leg.pauseRecording()
    expect(w.socket.sent.at(-1)).toEqual({ type: 'recording', state: 'paused' })
    await expect(w.leg.resumeRecording()).rejects.toMatchObject({ code: 'busy' })
    // A page's pause is not the one that was asked for.
    w.socket.receive({ type: 'recording', state: 'paused', reason: 'page' })
    w.socket.receive({ type: 'recording', state: 'paused' })
    await paused
    await w.leg.pauseRecording() // is so already
    const resumed = w.leg.resumeRecording()
    w.socket.receive({ type: 'recording', state: 'recording' })
    await resumed
    expect(told).toEqual(['paused (page)', 'paused', 'recording'])
    expect(w.socket.types.filter((t) => t === 'recording')).toHaveLength(2)
  })

  it('tells why it failed, and what keeps it from its store', async () => {
    const w = await recorded({ ...RECORDED, recording: { state: 'recording', delivery: 'store_down' } })
    expect(w.leg.recording).toEqual({ state: 'recording', delivery: 'store_down' })
    w.socket.receive({ type: 'recording', state: 'failed', reason: 'spool_full', delivery: 'store_full' })
    expect(w.leg.recording).toEqual({ state: 'failed', reason: 'spool_full', delivery: 'store_full' })
    w.socket.receive({ type: 'recording', state: 'recording' })
    expect(w.leg.recording).toEqual({ state: 'recording' })
  })

  it('that is refused says why', async () => {
    const w = await recorded()
    w.socket.receive({ type: 'recording', state: 'paused', reason: 'page' })
    const resumed = w.leg.resumeRecording()
    w.socket.receive({ type: 'error', re: 'recording', code: 'page_pauses', detail: 'Leave the page.' })
    await expect(resumed).rejects.toMatchObject({ code: 'page_pauses' })
    expect(w.errors).toEqual([])
    w.socket.receive({ type: 'recording', state: 'paused', reason: 'capture' })
    await expect(w.leg.resumeRecording()).rejects.toMatchObject({ code: 'capture_pauses' })
  })

  it('is not waited for without a connection, or for ever', async () => {
    const w = await recorded()
    const slow = w.leg.pauseRecording().catch((error: { code: string }) => error.code)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await slow).toBe('timeout')
    const lost = w.leg.pauseRecording().catch((error: { code: string }) => error.code)
    w.socket.drop()
    expect(await lost).toBe('not_connected')
    await expect(w.leg.pauseRecording()).rejects.toMatchObject({ code: 'not_connected' })
  })
})

describe('the page', () => {
  it('is told without what may be a card number, and again after each reconnection', async () => {
    const w = await recorded()
    const pages: string[] = []
    w.leg.on('page', (page) => pages.push(page))
    w.leg.reportPage('/payment/4111 1111-1111.1111/x?card=4111111111111111#4111111111111111')
    expect(w.socket.sent.at(-1)).toEqual({ type: 'page', page: '/payment/•/x' })
    expect(pages).toEqual(['/payment/•/x'])
    w.socket.drop()
    w.leg.reportPage('/orders')
    await vi.advanceTimersByTimeAsync(250)
    w.socket.open()
    w.socket.receive({ ...RECORDED, resume: 'secret-2' })
    expect(w.socket.sent.filter((m) => m.type === 'page')).toEqual([{ type: 'page', page: '/orders' }])
    expect(w.leg.resumeSecret).toBe('secret-2')
  })

  it('is told by legs with the grant only', async () => {
    const w = await recorded({ ...RECORDED, grants: ['record'] })
    w.leg.reportPage('/payment')
    expect(w.leg.page).toBe('/payment')
    expect(w.socket.types).not.toContain('page')
  })

  // Those of internal/call/pagename_test.go.
  it.each([
    ['/pay/4111111111111111', '/pay/•'],
    ['/pay/4111/1111/1111/1111', '/pay/•'],
    ['/pay/4111%201111%201111%201111/x', '/pay/•/x'],
    ['/pay/4111%2520%2D%25201111%20-%201111 + 1111', '/pay/•'],
    ['/pay/%34%31%31%31%31%31%31%31%31%31%31%31', '/pay/•'],
    ['/pay/%2534%31%31%31/%E2%80%A2/1111%ff/1111/1111', '/pay/•%ff/•'],
    ['/pay/٤١١١ ١١١١', '/pay/•'],
    ['/4111-a-1111', '/•'],
    ['/orders/123456', '/orders/123456'],
    ['/123/orders/456/x/7', '/123/orders/456/x/7'],
    ['/pay%3Fcard=4111111111111111', '/pay'],
    ['/pay?card=4111111111111111#4111111111111111', '/pay'],
    ['/100%/b%2', '/100%/b%2'],
    ['/caf%C3%A9', '/café'],
  ])('holds no long number: %s', (page, name) => expect(pageName(page)).toBe(name))

  it('has a name of bounded length', () => {
    expect(pageName('a'.repeat(9999))).toHaveLength(512)
    expect(pageName('/orders/123456')).toBe('/orders/123456')
    expect(pageName('x\n#y\nz')).toBe('x\n')
  })

  it('pauses by the patterns that the server reads in the same way', () => {
    for (const [pattern, page, want] of [
      ['/payment', '/PAYMENT', true],
      ['/payment', '/payment/card', false],
      ['/payment*', '/payment/card', true],
      ['*/pay/*', '/orders/7/pay/', true],
      ['/a.b*', '/acb', false],
      ['/ab*ba', '/aba', false],
      ['*', '', true],
      ['/pay%20card*', '/pay card/1', true],
    ] as const) {
      expect(pausedOn({ pause: ['/none', pattern] }, page, false), `${pattern} on ${page}`).toBe(want)
    }
    const rule = { pause: ['/pay*'], resume: ['/done'] }
    expect([pausedOn(rule, '/else', true), pausedOn(rule, '/else', false), pausedOn(rule, '/done', true)]).toEqual([true, false, false])
  })

  it('follows the address', async () => {
    const w = await recorded()
    const page = Object.assign(new EventTarget(), { pathname: '/orders' })
    vi.stubGlobal('location', page)
    vi.stubGlobal('navigation', page)
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    const stop = followPages(w.leg)
    const go = (to: string) => {
      page.pathname = to
      page.dispatchEvent(new Event('currententrychange'))
    }
    go('/payment')
    go('/payment')
    stop()
    go('/orders')
    expect(w.socket.sent.filter((m) => m.type === 'page').map((m) => m.page)).toEqual(['/orders', '/payment'])
  })
})
