import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { JOINED, World, settle } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('joining', () => {
  it('sends the token first, offers once admitted, and is connected when audio flows', async () => {
    const w = new World()
    expect(w.socket.url).toBe('wss://host/v1/rtc')
    expect(w.socket.protocol).toBe('tonegate.v1')
    expect(w.peers).toHaveLength(0)
    w.socket.open()
    expect(w.socket.sent).toEqual([{ type: 'join', token: 'the-token' }])
    w.socket.receive(JOINED)
    await settle()
    expect(w.admitted).toBe('yes')
    expect(w.socket.sent[1]).toEqual({ type: 'offer', sdp: 'offer 1' })
    w.socket.receive({ type: 'answer', sdp: 'answer' })
    await settle()
    expect(w.peer.remote).toEqual(['answer'])
    expect(w.states).toEqual([])
    w.peer.becomes('connected')
    expect(w.states).toEqual(['connected'])
    expect(w.leg).toMatchObject({ id: 'leg_1', conferenceId: 'conf_1', role: 'agent', demonstration: true, state: 'connected' })
  })

  it('offers G.711 with named events at 8 kHz and nothing else', async () => {
    const w = new World()
    await w.connect()
    expect(w.peer.preferences.map((c) => `${c.mimeType}/${c.clockRate}`)).toEqual([
      'audio/PCMU/8000',
      'audio/PCMA/8000',
      'audio/telephone-event/8000',
    ])
  })

  it('leaves named events out when asked to, and then sends none', async () => {
    const w = new World({ telephoneEvent: false })
    await w.connect()
    expect(w.peer.preferences.map((c) => c.mimeType)).toEqual(['audio/PCMU', 'audio/PCMA'])
    await expect(w.leg.sendDigits('1')).rejects.toMatchObject({ code: 'dtmf_unavailable' })
  })

  it("prefers the server's ICE servers over those of the join block", async () => {
    const given = new World({ iceServers: [{ urls: 'stun:given' }] })
    await given.connect()
    expect(given.peer.config.iceServers).toEqual([{ urls: 'stun:given' }])
    const told = new World({ iceServers: [{ urls: 'stun:given' }] })
    await told.connect({ ...JOINED, ice_servers: [{ urls: 'stun:told' }] })
    expect(told.peer.config.iceServers).toEqual([{ urls: 'stun:told' }])
  })

  it('holds candidates back until their offer has gone out', async () => {
    const w = new World()
    w.socket.open()
    w.socket.receive(JOINED)
    w.peer.onicecandidate!({ candidate: { candidate: 'early', sdpMid: '0', sdpMLineIndex: 0 } })
    await settle()
    w.peer.onicecandidate!({ candidate: null })
    expect(w.socket.types).toEqual(['join', 'offer', 'candidate', 'candidate'])
    expect(w.socket.sent[2]).toEqual({ type: 'candidate', candidate: 'early', sdp_mid: '0', sdp_mline_index: 0 })
    expect(w.socket.sent[3]).toMatchObject({ candidate: '' })
  })

  it.each([
    [4400, 'bad_message'],
    [4401, 'token_rejected'],
    [4403, 'forbidden'],
    [4404, 'conference_not_found'],
    [4409, 'superseded'],
  ])('takes close code %i as final', async (code, name) => {
    const w = new World()
    w.socket.open()
    w.socket.drop(code)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(w.sockets).toHaveLength(1)
    expect(w.admitted).toBe(name)
    expect(w.errors).toEqual([name])
    expect(w.states).toEqual(['failed'])
    expect(w.track.stop).toHaveBeenCalled()
  })

  it('tries again while the server cannot be reached, then gives up', async () => {
    const w = new World()
    const tries: number[] = []
    for (let i = 0; i < 40 && w.leg.state === 'connecting'; i++) {
      tries.push(w.sockets.length)
      if (w.socket.closedWith === undefined) w.socket.drop(1006)
      await vi.advanceTimersByTimeAsync(500)
    }
    expect(w.admitted).toBe('connect_timeout')
    expect(w.sockets.length).toBeGreaterThan(3)
    expect(w.sockets.length).toBeLessThan(10)
    for (const socket of w.sockets) expect(socket.sent).toEqual([])
  })

  it('fails when no audio path can be found', async () => {
    const w = new World()
    w.socket.open()
    w.socket.receive(JOINED)
    await settle()
    w.socket.receive({ type: 'answer', sdp: 'answer' })
    for (let i = 0; i < 2; i++) {
      // The server is alive; only media is blocked.
      await vi.advanceTimersByTimeAsync(8_000)
      w.socket.receive({ type: 'pong', n: 1 })
    }
    expect(w.errors).toEqual(['media_timeout'])
    expect(w.leg.state).toBe('failed')
  })

  it('fails with the reason when the offer is refused', async () => {
    const w = new World()
    w.socket.open()
    w.socket.receive(JOINED)
    await settle()
    w.socket.receive({ type: 'error', code: 'no_common_codec', detail: 'PCMU or PCMA' })
    expect(w.states).toEqual(['failed'])
    expect(w.errors).toEqual(['no_common_codec'])
  })

  it('fails at once with an address that is none', async () => {
    const w = new World({ url: 'https://host/' })
    await settle()
    expect(w.admitted).toBe('bad_url')
    expect(w.leg.state).toBe('failed')
  })
})

describe('leaving', () => {
  it('says so, closes everything and is final', async () => {
    const w = new World()
    await w.connect()
    w.leg.leave()
    expect(w.socket.types.at(-1)).toBe('leave')
    expect(w.socket.closedWith).toBe(1000)
    expect(w.peer.closed).toBe(true)
    expect(w.track.stop).toHaveBeenCalled()
    w.socket.drop(1000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(w.sockets).toHaveLength(1)
    expect(w.states).toEqual(['connected', 'left (left)'])
  })

  it('follows a bye without an error', async () => {
    const w = new World()
    await w.connect()
    w.socket.receive({ type: 'bye', reason: 'ended' })
    w.socket.drop(1000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(w.sockets).toHaveLength(1)
    expect(w.states).toEqual(['connected', 'left (ended)'])
    expect(w.errors).toEqual([])
  })
})
