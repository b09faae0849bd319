import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TonegateError } from '../errors'
import { JOINED, World, settle } from './fakes'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const PROGRESS = {
  type: 'capture_progress',
  capture_id: 'cap_1',
  state: 'collecting',
  fields: [{ name: 'digits', state: 'entering', digits_entered: 3, masked: '•••' }],
}

describe('keys', () => {
  it('go out as named events, one batch after the other, and never over the socket', async () => {
    const w = new World()
    await w.connect()
    const done: string[] = []
    const first = w.leg.sendDigits('4242#').then(() => done.push('first'))
    const second = w.leg.sendDigits('9d', { duration: 60, gap: 40 }).then(() => done.push('second'))
    await settle()
    expect(w.peer.dtmf.inserted).toEqual([['4242#', 100, 70]])
    w.peer.dtmf.finish()
    await first
    await settle()
    expect(done).toEqual(['first'])
    expect(w.peer.dtmf.inserted[1]).toEqual(['9D', 60, 40])
    w.peer.dtmf.finish()
    await second
    // Once more with a reconnection and a mute around, then look at every byte.
    void w.leg.sendDigits('73915').catch(() => {})
    w.leg.mute(true)
    w.socket.drop()
    await w.rejoin('secret-2')
    w.leg.leave()
    const wire = w.sockets.flatMap((s) => s.raw).join('\n')
    expect(wire).not.toMatch(/4242|9D|9d|73915/)
    expect(new Set(w.sockets.flatMap((s) => s.types))).toEqual(new Set(['join', 'offer', 'mute', 'leave']))
  })

  it('are refused without being named in the error', async () => {
    const w = new World()
    await w.connect()
    for (const [digits, options] of [
      ['12x4', {}],
      ['', {}],
      ['12', { duration: 10 }],
      ['12', { gap: 5 }],
    ] as const) {
      const error = await w.leg.sendDigits(digits, options).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(TonegateError)
      expect((error as TonegateError).code).toBe('bad_digits')
      expect((error as TonegateError).message).not.toContain('12')
    }
    w.peer.dtmf.canInsertDTMF = false
    await expect(w.leg.sendDigits('5')).rejects.toMatchObject({ code: 'dtmf_unavailable' })
  })

  it('under way when the call ends are reported as not sent', async () => {
    const w = new World()
    await w.connect()
    const sending = w.leg.sendDigits('123')
    const caught = expect(sending).rejects.toMatchObject({ code: 'left' })
    await settle()
    w.leg.leave()
    await caught
  })

  it('that the browser never finishes do not block the queue for ever', async () => {
    const w = new World()
    await w.connect()
    const caught = expect(w.leg.sendDigits('1')).rejects.toMatchObject({ code: 'dtmf_stalled' })
    await vi.advanceTimersByTimeAsync(5000)
    await caught
    const next = w.leg.sendDigits('2')
    await settle()
    w.peer.dtmf.finish()
    await next
  })
})

describe('captures', () => {
  it('are started and finished by what the server reports', async () => {
    const w = new World()
    await w.connect()
    const seen: number[] = []
    w.leg.on('capture', (c) => seen.push(c.fields[0]!.digitsEntered))
    const started = w.leg.startCapture({ mask: 'field', maxDigits: 19 })
    expect(w.socket.sent.at(-1)).toEqual({ type: 'capture_start', mask: 'field', max_digits: 19 })
    w.socket.receive(PROGRESS)
    await expect(started).resolves.toMatchObject({ captureId: 'cap_1', state: 'collecting' })
    expect(seen).toEqual([3])
    expect(w.leg.capture?.fields[0]).toEqual({ name: 'digits', state: 'entering', digitsEntered: 3, masked: '•••' })
    const completed = w.leg.completeCapture()
    w.socket.receive(PROGRESS)
    w.socket.receive({ ...PROGRESS, state: 'completed' })
    await expect(completed).resolves.toMatchObject({ state: 'completed' })
    await expect(w.leg.cancelCapture()).rejects.toMatchObject({ code: 'no_capture' })
  })

  it('that are refused reject, and do not show up as errors of the leg', async () => {
    const w = new World()
    await w.connect()
    const started = w.leg.startCapture()
    w.socket.receive({ type: 'error', code: 'capture_in_progress', detail: 'One is running.' })
    await expect(started).rejects.toMatchObject({ code: 'capture_in_progress' })
    expect(w.errors).toEqual([])
    expect(w.leg.state).toBe('connected')
  })

  it('cannot be started while the server cannot be told', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    await expect(w.leg.startCapture()).rejects.toMatchObject({ code: 'not_connected' })
  })

  it('are known again after a reconnection', async () => {
    const w = new World()
    await w.connect()
    w.socket.drop()
    await vi.advanceTimersByTimeAsync(250)
    w.socket.open()
    w.socket.receive({ ...JOINED, resume: 'secret-2', capture: PROGRESS, masking: { state: 'armed', mode: 'field', armed: true } })
    expect(w.leg.capture?.captureId).toBe('cap_1')
    expect(w.leg.masking).toEqual({ state: 'armed', mode: 'field', armed: true, talk: false })
  })
})

describe('what the server tells', () => {
  it('becomes events in the types of the SDK', async () => {
    const w = new World()
    await w.connect()
    const events: unknown[] = []
    for (const name of ['masking', 'level', 'quality', 'legs'] as const) w.leg.on(name, (value: unknown) => events.push([name, value]))
    w.socket.receive({ type: 'masking', state: 'mute', mode: 'mute', armed: false })
    w.socket.receive({ type: 'level', levels: [{ leg_id: 'leg_2', dbm0: -21 }] })
    w.socket.receive({ type: 'quality', lost: 1, concealed: 2, received: 250 })
    w.socket.receive({ type: 'leg_joined', leg_id: 'leg_2', role: 'customer', kind: 'external', state: 'connected' })
    w.socket.receive({ type: 'leg_left', leg_id: 'leg_2', role: 'customer', kind: 'external', state: 'left' })
    const own = { legId: 'leg_1', role: 'agent', kind: 'external', state: 'joining', onHold: false }
    const other = { legId: 'leg_2', role: 'customer', kind: 'external', onHold: false }
    expect(events).toEqual([
      ['masking', { state: 'mute', mode: 'mute', armed: false, talk: false }],
      ['level', [{ legId: 'leg_2', dbm0: -21 }]],
      ['quality', { lost: 1, concealed: 2, received: 250 }],
      ['legs', [own, { ...other, state: 'connected' }]],
      ['legs', [own, { ...other, state: 'left' }]],
    ])
  })

  it('is claimed to be the strictest mask until it has spoken', () => {
    expect(new World().leg.masking).toEqual({ state: 'mute', mode: 'mute', armed: false, talk: false })
  })

  it('may be newer than this client', async () => {
    const w = new World()
    await w.connect()
    w.socket.receive({ type: 'something_new', x: 1 })
    w.socket.onmessage!({ data: 'not json' })
    expect(w.leg.state).toBe('connected')
  })

  it('reaches the other subscribers when one of them fails, and none that unsubscribed', async () => {
    const w = new World()
    await w.connect()
    const seen: string[] = []
    const off = w.leg.on('quality', () => seen.push('gone'))
    w.leg.on('quality', () => seen.push('stays'))
    off()
    w.socket.receive({ type: 'quality', lost: 0, concealed: 0, received: 1 })
    expect(seen).toEqual(['stays'])
  })
})

describe('received audio', () => {
  it('is one stream over all tracks, and plays through the element', async () => {
    const audioElement = { srcObject: null as unknown, play: vi.fn(() => Promise.resolve()) }
    const w = new World({ audioElement: audioElement as unknown as HTMLAudioElement })
    await w.connect()
    const { stream } = w.leg
    const [first, second] = [{ id: 'a' }, { id: 'b' }]
    w.peer.ontrack!({ track: first })
    w.peer.ontrack!({ track: second })
    expect(w.leg.stream).toBe(stream)
    expect(stream.getTracks()).toEqual([second])
    expect(audioElement.srcObject).toBe(stream)
    expect(audioElement.play).toHaveBeenCalled()
  })
})
