import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backoff } from '../closecodes'
import { JOINED, World, settle } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('a lost socket', () => {
  it('is repaired with the newest resume secret, each time', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    expect(w.states.at(-1)).toBe('reconnecting (signaling_lost)')
    await w.rejoin('secret-2')
    expect(w.sockets[1]!.sent[0]).toEqual({ type: 'join', leg_id: 'leg_1', resume: 'secret-1' })
    w.socket.drop()
    await w.rejoin('secret-3', 500)
    expect(w.sockets[2]!.sent[0]).toEqual({ type: 'join', leg_id: 'leg_1', resume: 'secret-2' })
    w.socket.drop()
    await w.rejoin('secret-4', 1000)
    expect(w.sockets[3]!.sent[0]).toEqual({ type: 'join', leg_id: 'leg_1', resume: 'secret-3' })
    expect(w.states).toEqual([
      'connected',
      'reconnecting (signaling_lost)',
      'connected',
      'reconnecting (signaling_lost)',
      'connected',
      'reconnecting (signaling_lost)',
      'connected',
    ])
  })

  it('sends the token once only', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    await w.rejoin('secret-2')
    const all = w.sockets.flatMap((s) => s.raw)
    expect(all.filter((m) => m.includes('the-token'))).toHaveLength(1)
  })

  it('leaves running media alone: no new offer, no new peer, no stopped track', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    expect(w.peer.closed).toBe(false)
    await w.rejoin('secret-2')
    expect(w.peers).toHaveLength(1)
    expect(w.peer.offers).toHaveLength(1)
    expect(w.socket.types).toEqual(['join', 'mute'])
    expect(w.track.stop).not.toHaveBeenCalled()
  })

  it('tells the server about a mute that happened meanwhile', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    w.leg.mute(true)
    expect(w.track.enabled).toBe(false)
    await w.rejoin('secret-2')
    expect(w.socket.sent).toContainEqual({ type: 'mute', muted: true })
  })

  it('makes the offer anew when its answer was lost with the socket', async () => {
    const w = new World()
    w.socket.open()
    w.socket.receive(JOINED)
    await settle()
    expect(w.peer.offers).toHaveLength(1)
    w.socket.drop()
    await w.rejoin('secret-2')
    expect(w.peer.offers).toEqual([{ iceRestart: false }, { iceRestart: true }])
    expect(w.socket.types).toEqual(['join', 'mute', 'offer'])
    w.socket.receive({ type: 'answer', sdp: 'second answer' })
    await settle()
    w.peer.becomes('connected')
    expect(w.peer.remote).toEqual(['second answer'])
    expect(w.states).toEqual(['connected'])
  })

  it('gives up after the time the server keeps the leg', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    for (let i = 0; i < 100 && w.leg.state === 'reconnecting'; i++) {
      await vi.advanceTimersByTimeAsync(500)
      if (w.socket.closedWith === undefined) w.socket.drop()
    }
    expect(w.errors).toEqual(['reconnect_timeout'])
    expect(w.states).toEqual(['connected', 'reconnecting (signaling_lost)', 'failed'])
    expect(w.peer.closed).toBe(true)
  })

  it('stops when another tab has taken the leg over', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop(4409)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(w.sockets).toHaveLength(1)
    expect(w.states).toEqual(['connected', 'failed'])
    expect(w.errors).toEqual(['superseded'])
  })

  it('is noticed by its silence', async () => {
    const w = new World()
    await w.connect()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(w.socket.sent.at(-1)).toEqual({ type: 'ping', n: 1 })
    w.socket.receive({ type: 'pong', n: 1 })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(w.leg.state).toBe('connected')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(w.leg.state).toBe('reconnecting')
    expect(w.sockets[0]!.closedWith).toBe(4000)
  })

  it('is repaired at once when the network is said to be back', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    w.online()
    expect(w.sockets).toHaveLength(2)
    w.socket.open()
    expect(w.socket.sent[0]).toMatchObject({ resume: 'secret-1' })
  })

  it('ignores what a replaced socket still says', async () => {
    const w = new World()
    await w.connect()
    const old = w.socket
    old.drop()
    await w.rejoin('secret-2')
    old.receive({ type: 'bye', reason: 'ended' })
    old.drop(4404)
    expect(w.leg.state).toBe('connected')
  })
})

describe('lost media', () => {
  it('is repaired by an ICE restart over the running socket', async () => {
    const w = new World()
    await w.connect()
    w.peer.becomes('failed')
    await settle()
    expect(w.states.at(-1)).toBe('reconnecting (media_lost)')
    expect(w.peer.offers.at(-1)).toEqual({ iceRestart: true })
    expect(w.socket.types).toEqual(['join', 'offer', 'offer'])
    w.socket.receive({ type: 'answer', sdp: 'restarted' })
    await settle()
    w.peer.becomes('connected')
    expect(w.states.at(-1)).toBe('connected')
    expect(w.sockets).toHaveLength(1)
  })

  it('is given a moment to heal by itself', async () => {
    const w = new World()
    await w.connect()
    w.peer.becomes('disconnected')
    await vi.advanceTimersByTimeAsync(2000)
    w.peer.becomes('connected')
    await vi.advanceTimersByTimeAsync(5000)
    expect(w.peer.offers).toHaveLength(1)
    w.peer.becomes('disconnected')
    await vi.advanceTimersByTimeAsync(2600)
    expect(w.peer.offers).toHaveLength(2)
  })

  it('waits for the socket when both are gone', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    w.peer.becomes('failed')
    await settle()
    await w.rejoin('secret-2')
    expect(w.socket.types).toEqual(['join', 'mute', 'offer'])
    expect(w.leg.state).toBe('reconnecting')
    w.socket.receive({ type: 'answer', sdp: 'restarted' })
    await settle()
    w.peer.becomes('connected')
    expect(w.leg.state).toBe('connected')
  })

  it('never has two offers out at once', async () => {
    const w = new World()
    await w.connect()
    w.peer.becomes('failed')
    w.peer.becomes('failed')
    await settle()
    expect(w.peer.offers).toHaveLength(2)
    w.socket.receive({ type: 'answer', sdp: 'restarted' })
    await settle()
    // The second wish is granted after the first answer.
    expect(w.peer.offers).toHaveLength(3)
  })
})

describe('back-off', () => {
  it('doubles to eight seconds, half of it jitter', () => {
    const all = (random: number) => [0, 1, 2, 3, 4, 5, 6, 9].map((n) => backoff(n, 1006, () => random))
    expect(all(1)).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000])
    expect(all(0)).toEqual([125, 250, 500, 1000, 2000, 4000, 4000, 4000])
  })

  it('gives air to a server that asks for it', () => {
    expect(backoff(0, 4429, () => 0)).toBe(2000)
    expect(backoff(0, 4503, () => 0)).toBe(2000)
  })
})
