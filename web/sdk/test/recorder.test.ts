import { Decrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SILENCE, encode } from '../recorder/mulaw'
import { Follower } from '../recorder/follow'
import { Resampler } from '../recorder/resample'
import { encrypterFor, newInfo, newRecordingId, sealer } from '../recorder/segment'
import type { Segment, TimelineEvent } from '../recorder/segment'
import { Tape } from '../recorder/tape'
import { upload } from '../recorder/upload'
import { JOINED, World } from './fakes'

const CONFERENCE = 'conf_0123456789abcdefghjkmnpq'

describe('the resampler', () => {
  const tone = (rate: number, hz: number, seconds = 0.5) => Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate))
  const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)

  it.each([8000, 16000, 24000, 44100, 48000, 96000])('takes %i Hz to 8000 Hz in time, whatever the pieces', (rate) => {
    const resampler = new Resampler(rate)
    const input = tone(rate, 1000)
    const out: number[] = []
    for (let at = 0, n = 1; at < input.length; at += n, n = (n * 7) % 1000 || 1) out.push(...resampler.push(input.subarray(at, at + n)))
    expect(out.length).toBeGreaterThan(3900)
    // The tone itself, neither late nor weaker.
    for (let i = 100; i < 3900; i++) expect(Math.abs(out[i]! - Math.sin((2 * Math.PI * 1000 * i) / 8000))).toBeLessThan(0.005)
  })

  it.each([4100, 5000, 7000, 9000, 15000])('lets nothing of %i Hz fold into speech', (hz) => {
    expect(rms(new Resampler(48000).push(tone(48000, hz)).subarray(100))).toBeLessThan(0.001)
  })
})

describe('G.711', () => {
  it('is what ITU-T G.711 says', () => {
    expect([0, 1, -1, 1000 / 32768, -1000 / 32768, 100 / 32768, 31 / 32768].map(encode)).toEqual([0xff, 0x80, 0x00, 0xce, 0x4e, 0xf2, 0xfb])
    expect(encode(0)).toBe(SILENCE)
  })
})

/** A tape whose segments are kept as they are. */
function tape(store: (seq: number) => Promise<void> = async () => {}) {
  const segments: Segment[] = []
  const made = new Tape(
    async (segment) => {
      segments.push({ ...segment, ...(segment.sound ? { sound: segment.sound.slice() } : {}) })
      return new Uint8Array()
    },
    (seq) => store(seq),
  )
  return { tape: made, segments, events: () => segments.flatMap((s) => s.events) }
}

const loud = new Float32Array(1000).fill(0.5)

describe('a tape', () => {
  it('cuts half seconds out of pieces, and keeps the time in silence', async () => {
    const { tape: t, segments } = tape()
    for (let i = 0; i < 5; i++) t.push(1000, loud, undefined)
    for (let i = 0; i < 4; i++) t.push(1000, undefined, undefined)
    await t.end('stopped')
    expect(segments.map((s) => [s.seq, s.start, s.samples, s.sound?.length, s.end])).toEqual([
      [0, 0, 0, undefined, undefined],
      [1, 0, 4000, 8000, undefined],
      [2, 4000, 4000, 8000, undefined],
      [3, 8000, 1000, undefined, 'stopped'],
    ])
    expect([...segments[1]!.sound!.subarray(0, 4)]).toEqual([encode(0.5), SILENCE, encode(0.5), SILENCE])
    expect([...segments[2]!.sound!.subarray(1998, 2002)]).toEqual([encode(0.5), SILENCE, SILENCE, SILENCE])
  })

  it('says where nothing was heard', async () => {
    const { tape: t, segments, events } = tape()
    t.push(1000, loud, loud)
    t.gap(24000)
    t.push(1000, loud, loud)
    await t.end('conference_ended')
    expect(segments.map((s) => [s.start, s.samples, s.sound?.length])).toEqual([[0, 0, undefined], [0, 1000, 2000], [1000, 24000, undefined], [25000, 1000, 2000]])
    expect(events()).toEqual([{ type: 'gap', reason: 'late', samples: 24000, at: 1000 }])
  })

  it('has a gap when the store does not keep up, and is right again after it', async () => {
    let release!: () => void
    const stuck = new Promise<void>((resolve) => (release = resolve))
    const { tape: t, segments, events } = tape((seq) => (seq === 1 ? stuck : Promise.resolve()))
    for (let i = 0; i < 4 * 40; i++) t.push(1000, loud, loud)
    release()
    await vi.waitFor(() => expect(segments.length).toBeGreaterThan(19))
    await new Promise((resolve) => setTimeout(resolve))
    for (let i = 0; i < 4; i++) t.push(1000, loud, loud)
    await t.end('stopped')
    const lost = 4000 * (40 - 19)
    expect(events()).toEqual([{ type: 'gap', reason: 'overload', samples: lost, at: 4000 * 19 }])
    let at = 0
    for (const s of segments) {
      expect(s.start).toBe(at)
      at += s.samples
      expect(s.sound === undefined || s.sound.length === 2 * s.samples).toBe(true)
    }
    expect(at).toBe(4000 * 41)
  })

  it('that cannot be stored has failed', async () => {
    const { tape: t, segments } = tape((seq) => (seq === 1 ? Promise.reject(new Error('full')) : Promise.resolve()))
    for (let i = 0; i < 8; i++) t.push(1000, loud, loud)
    await expect(t.done).rejects.toThrow('full')
    t.push(1000, loud, loud)
    await expect(t.end('stopped')).rejects.toThrow('full')
    expect(segments).toHaveLength(2)
  })
})

describe('a segment', () => {
  it('is an age file to all recipients, framed', async () => {
    const identities = [await generateX25519Identity(), await generateX25519Identity()]
    const recipients = await Promise.all(identities.map(identityToRecipient))
    const id = newRecordingId()
    expect(id).toMatch(/^rec_[0-9a-z]{24}$/)
    const info = newInfo(id, CONFERENCE, new Date('2026-01-02T03:04:05.678Z'))
    expect(info.thread).toMatch(/^[0-9A-Za-z_-]{22}$/)
    const events: TimelineEvent[] = [{ type: 'paused', at: 3, reason: 'page' }]
    const framed = await sealer(info, encrypterFor(recipients))({ seq: 1, start: 0, samples: 2, events, sound: Uint8Array.of(1, 2, 3, 4) })
    expect(new TextDecoder().decode(framed.subarray(0, 4))).toBe('TGR1')
    expect(new DataView(framed.buffer).getUint32(4)).toBe(framed.length - 8)
    for (const identity of identities) {
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity)
      const plain = await decrypter.decrypt(framed.subarray(8))
      const cut = plain.indexOf(10)
      expect(JSON.parse(new TextDecoder().decode(plain.subarray(0, cut)))).toEqual({
        recording_id: id, conference_id: CONFERENCE, thread: info.thread, started_at: '2026-01-02T03:04:05.678Z', encoding: 'PCMU', seq: 1, start: 0, samples: 2, events,
      })
      expect([...plain.subarray(cut + 1)]).toEqual([1, 2, 3, 4])
    }
  })

  it('is sealed to good keys only, and their errors do not repeat them', async () => {
    const secret = await generateX25519Identity()
    const good = await identityToRecipient(secret)
    const hybrid = await identityToRecipient(await generateHybridIdentity())
    encrypterFor([hybrid])
    for (const bad of [[], ['age1nonsense'], [good, secret], [good, hybrid], Array<string>(17).fill(good)]) {
      let code = ''
      try {
        encrypterFor(bad)
      } catch (error) {
        code = (error as { code: string }).code
        for (const key of bad) expect(String(error)).not.toContain(key)
      }
      expect(code).toBe('bad_recipients')
    }
  })
})

describe('a follower', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  const AGENT = 'leg_0123456789abcdefghjkmnpq'
  const CAPTURE = 'cap_0123456789abcdefghjkmnpq'

  async function followed(during: 'masked' | 'silence' | 'off' = 'masked', pages?: { pause: string[] }) {
    const w = new World()
    await w.connect({ ...JOINED, grants: ['capture', 'talk', 'record', 'page'], leg_id: AGENT, legs: [{ leg_id: AGENT, role: 'agent', kind: 'external', state: 'connected' }] })
    const made = tape()
    const follower = new Follower(w.leg, made.tape, during, pages, () => {})
    const told = async () => {
      vi.useRealTimers()
      await made.tape.end('stopped')
      return made.events().map((e) => [e.type, 'reason' in e ? e.reason : 'leg_id' in e ? e.leg_id : e.capture_id])
    }
    const masked = (mode: string, armed: boolean, talk = false) => w.socket.receive({ type: 'masking', state: mode, mode, armed, talk })
    return { w, follower, told, masked }
  }

  it('puts legs and captures on the timeline', async () => {
    const { w, follower, told, masked } = await followed()
    masked('field', true)
    w.socket.receive({ type: 'capture_progress', capture_id: CAPTURE, state: 'collecting', fields: [] })
    expect(follower.pauses.size).toBe(0)
    vi.advanceTimersByTime(10)
    expect(follower.keeps(Date.now())).toEqual({ one: true, two: true })
    masked('strip', false)
    w.socket.receive({ type: 'leg_left', leg_id: AGENT, role: 'agent', kind: 'external', state: 'left' })
    expect(await told()).toEqual([['leg_joined', AGENT], ['capture_started', CAPTURE], ['capture_ended', CAPTURE], ['leg_left', AGENT]])
  })

  it.each(['silence', 'off'] as const)('pauses for a capture with %s', async (during) => {
    const { follower, told, masked } = await followed(during)
    masked('field', true)
    expect([...follower.pauses]).toEqual(['capture'])
    masked('strip', false)
    expect(follower.pauses.size).toBe(0)
    expect(await told()).toEqual([['leg_joined', AGENT], ['paused', 'capture'], ['resumed', 'capture']])
  })

  it('pauses on pages, with the server, and when asked, each for itself', async () => {
    const { w, follower, told } = await followed('masked', { pause: ['/Payment*'] })
    w.leg.reportPage('/payment/card?number=1')
    follower.request(true)
    w.leg.reportPage('/orders')
    expect([...follower.pauses]).toEqual(['request'])
    w.socket.receive({ type: 'recording', state: 'paused' })
    follower.request(false)
    expect([...follower.pauses]).toEqual(['request'])
    w.socket.receive({ type: 'recording', state: 'paused', reason: 'page' })
    expect([...follower.pauses]).toEqual(['page'])
    w.socket.receive({ type: 'recording', state: 'recording' })
    expect(follower.pauses.size).toBe(0)
    expect((await told()).slice(1)).toEqual([['paused', 'page'], ['paused', 'request'], ['resumed', 'page'], ['resumed', 'request'], ['paused', 'page'], ['resumed', 'page']])
  })

  it('keeps nothing of what press-to-talk may let through', async () => {
    const { w, follower, masked } = await followed()
    const began = Date.now()
    /** Whether what the agent hears is dropped, so long after the beginning, of sound of this moment. */
    const deaf = (ms: number) => {
      vi.setSystemTime(began + ms)
      const { one, two } = follower.keeps(began + ms)
      expect(one).toBe(true)
      return !two
    }
    expect(deaf(0)).toBe(false)
    masked('mute', true)
    expect(deaf(10)).toBe(true)
    masked('strip', true, true)
    expect(deaf(20)).toBe(true)
    masked('strip', false)
    expect(deaf(1000)).toBe(true)
    expect(deaf(1020)).toBe(false)
    // From the press on, whatever the server has said so far.
    void w.leg.pressTalk().catch(() => {})
    expect(deaf(2000)).toBe(true)
    w.leg.releaseTalk()
    expect(deaf(2000)).toBe(true)
    expect(deaf(2999)).toBe(true)
    expect(deaf(3000)).toBe(false)
  })
})

describe('an upload', () => {
  const file = new Blob([Uint8Array.of(1, 2, 3)])
  const SHA = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81'
  const asked: Request[] = []
  let answers: (() => Response)[] = []
  beforeEach(() => {
    asked.length = 0
    vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
      asked.push(new Request(url, { ...init, redirect: 'follow' }))
      const answer = answers.shift()
      if (!answer) throw new TypeError('failed')
      return answer()
    })
  })
  afterEach(() => vi.unstubAllGlobals())
  const json = (body: object, status = 200) => () => new Response(JSON.stringify(body), { status })
  const send = (more: object = {}) => upload(file, { url: 'https://store.example/r', token: 'secret', ...more }, async () => {})

  it('ends when length and hash are confirmed', async () => {
    answers = [json({ size: 3, sha256: SHA })]
    expect(await send()).toEqual({ size: 3, sha256: SHA })
    const [request] = asked
    expect([request!.method, request!.headers.get('Content-Type'), request!.headers.get('Authorization')]).toEqual(['PUT', 'application/octet-stream', 'Bearer secret'])
    expect(request!.headers.get('Repr-Digest')).toBe(`sha-256=:${btoa(SHA.replace(/../g, (hex) => String.fromCharCode(parseInt(hex, 16))))}:`)
    expect([...new Uint8Array(await request!.arrayBuffer())]).toEqual([1, 2, 3])
  })

  it('is tried again where that may help, and no more often than asked for', async () => {
    answers = [json({}, 503), json({ size: 3, sha256: 'other' }), json({ size: 3, sha256: SHA })]
    await send()
    expect(asked).toHaveLength(3)
    await expect(send({ attempts: 2 })).rejects.toMatchObject({ code: 'upload_failed' })
    expect(asked).toHaveLength(5)
    answers = [json({}, 403)]
    await expect(send()).rejects.toMatchObject({ code: 'upload_refused' })
    expect(asked).toHaveLength(6)
  })

  it('that nobody confirms has failed, unless a status is enough', async () => {
    answers = [json({}), json({ size: 4, sha256: SHA }), () => new Response('')]
    await expect(send({ attempts: 2 })).rejects.toMatchObject({ code: 'upload_unconfirmed' })
    await send({ confirm: 'status' })
  })

  it('to the bridge names the leg, and goes on where it broke off', async () => {
    const told = (status: number, have: number, complete: string) => () => new Response(null, { status, headers: { 'Upload-Offset': String(have), 'Upload-Complete': complete } })
    answers = [told(409, 2, '?0'), told(201, 3, '?1')]
    await send({ leg: 'leg_1' })
    expect(asked.map((r) => [r.headers.get('Upload-Offset'), r.headers.get('Tonegate-Leg')])).toEqual([[null, 'leg_1'], ['2', 'leg_1']])
    expect([...new Uint8Array(await asked[1]!.arrayBuffer())]).toEqual([3])
    // It arrived, and the answer did not.
    asked.length = 0
    answers = [json({}, 409), told(204, 3, '?1')]
    await send()
    expect(asked.map((r) => r.method)).toEqual(['PUT', 'HEAD'])
    answers = [json({}, 409), told(204, 4, '?1')]
    await expect(send()).rejects.toMatchObject({ code: 'upload_conflict' })
    answers = [told(201, 2, '?1'), json({}, 422), json({ size: 3, sha256: SHA })]
    await send()
  })

  it('leaves over nothing but HTTPS', async () => {
    await expect(send({ url: 'http://store.example/r' })).rejects.toMatchObject({ code: 'bad_url' })
    expect(asked).toHaveLength(0)
  })
})
