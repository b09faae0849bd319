import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { discardRecording, recordLeg, uploadRecording } from '../recorder'
import { SILENCE } from '../recorder/mulaw'
import type { Heard } from '../recorder/source'
import { FakeLocks, JOINED, World } from './fakes'

// The browser's part of a recorder: what the worklet hands on, and where sealed segments go.
const browser = vi.hoisted(() => ({ heard: (_: unknown) => {}, segments: new Map<string, Uint8Array<ArrayBuffer>>() }))

vi.mock('../recorder/source', () => ({
  openSource: async (_leg: unknown, _worklet: unknown, heard: (sound: unknown) => void) => {
    browser.heard = heard
    return { rate: 8000, close: () => (browser.heard = () => {}) }
  },
}))

vi.mock('../recorder/chunks', () => {
  class Chunks {
    static open = async () => new Chunks()
    async add(id: string, seq: number, sealed: Uint8Array<ArrayBuffer>) {
      browser.segments.set(`${id} ${seq}`, sealed)
    }
    async read(id: string) {
      const numbers = [...browser.segments.keys()].map((key) => key.split(' ')).filter(([of]) => of === id).map(([, seq]) => Number(seq))
      return { file: new Blob(numbers.map((seq) => browser.segments.get(`${id} ${seq}`)!)), numbers }
    }
    async remove(id: string, numbers?: number[]) {
      for (const seq of numbers ?? (await this.read(id)).numbers) browser.segments.delete(`${id} ${seq}`)
    }
    close() {}
  }
  return { Chunks }
})

const AGENT = 'leg_0123456789abcdefghjkmnpq'
const CONFERENCE = 'conf_0123456789abcdefghjkmnpq'
/** A batch of the worklet, in samples at 8000 Hz and in ms. */
const BATCH = 320
const BATCH_MS = 40

beforeEach(() => {
  vi.useFakeTimers()
  browser.segments.clear()
  vi.stubGlobal('navigator', { locks: new FakeLocks() })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A recorder whose sound runs, on a call whose agent may do all. */
async function recorded() {
  const w = new World()
  await w.connect({ ...JOINED, conference_id: CONFERENCE, grants: ['capture', 'talk', 'record', 'page'], leg_id: AGENT })
  const identity = await generateX25519Identity()
  const recording = recordLeg(w.leg, { recipients: [await identityToRecipient(identity)], worklet: 'none' })
  const batch = (until: number) => browser.heard({ one: new Float32Array(BATCH).fill(0.5), two: new Float32Array(BATCH).fill(0.25), until } satisfies Heard)
  const began = Date.now()
  /** So many milliseconds in which the page's thread handles what comes. */
  const runs = async (ms: number) => {
    for (let at = 0; at < ms; at += BATCH_MS) {
      await vi.advanceTimersByTimeAsync(BATCH_MS)
      batch(Date.now())
    }
  }
  /** So many in which it does not: what came meanwhile is handled after what the server said, or before it. */
  const blocked = (ms: number, order: 'sound first' | 'server first', server: () => void) => {
    const from = Date.now()
    vi.setSystemTime(from + ms)
    if (order === 'server first') server()
    for (let at = BATCH_MS; at <= ms; at += BATCH_MS) batch(from + at)
    if (order === 'sound first') server()
  }
  await vi.advanceTimersByTimeAsync(0)
  await runs(200)
  vi.useRealTimers()
  const recorder = await recording
  vi.useFakeTimers({ now: began + 200 })
  /** Ends it, and returns what is heard of each channel at a time since it began. */
  const opened = async () => {
    vi.useRealTimers()
    await recorder.stop()
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    const channels: [number[], number[]] = [[], []]
    const gaps: number[] = []
    for (const framed of browser.segments.values()) {
      const plain = await decrypter.decrypt(framed.subarray(8))
      const cut = plain.indexOf(10)
      const { samples, events = [] } = JSON.parse(new TextDecoder().decode(plain.subarray(0, cut)))
      for (const e of events) if (e.type === 'gap') gaps.push(e.samples / 8)
      const sound = plain.subarray(cut + 1)
      for (let i = 0; i < samples; i++) for (const c of [0, 1] as const) channels[c].push(sound[2 * i + c] ?? SILENCE)
    }
    /** Milliseconds in which a channel holds sound, between two times. */
    const loud = (channel: 0 | 1, from: number, to: number) => channels[channel].slice(from * 8, to * 8).filter((x) => x !== SILENCE && x !== 0x7f).length / 8
    return { loud, gaps, length: channels[0].length / 8 }
  }
  return { w, recorder, runs, blocked, opened, masked: (mode: string, armed: boolean, talk = false) => w.socket.receive({ type: 'masking', state: mode, mode, armed, talk }) }
}

describe('a page whose thread is blocked for three seconds', () => {
  it.each(['sound first', 'server first'] as const)('records nothing of a pause that ends meanwhile (%s)', async (order) => {
    const { w, runs, blocked, opened } = await recorded()
    await runs(800)
    w.socket.receive({ type: 'recording', state: 'paused' })
    await runs(1000)
    blocked(3000, order, () => w.socket.receive({ type: 'recording', state: 'recording' }))
    await runs(1000)
    const { loud, length, gaps } = await opened()
    expect(loud(0, 0, 1000)).toBeGreaterThan(800)
    expect([loud(0, 1000, 5000), loud(1, 1000, 5000)]).toEqual([0, 0])
    // Then it goes on, in time.
    expect(loud(0, 5000, 6000)).toBeGreaterThan(900)
    expect(loud(1, 5000, 6000)).toBeGreaterThan(900)
    expect(Math.abs(length - 6000)).toBeLessThan(10)
    expect(gaps).toHaveLength(1)
  })

  it('records nothing of a capture that ends meanwhile', async () => {
    const { w, runs, blocked, opened } = await recorded()
    await runs(800)
    w.socket.receive({ type: 'recording', state: 'paused', reason: 'capture' })
    await runs(400)
    blocked(600, 'server first', () => w.socket.receive({ type: 'recording', state: 'recording' }))
    await runs(1000)
    const { loud } = await opened()
    expect([loud(0, 1000, 2000), loud(1, 1000, 2000)]).toEqual([0, 0])
    expect(loud(1, 2000, 3000)).toBeGreaterThan(900)
  })

  it('records nothing of a pause that begins and ends meanwhile', async () => {
    const { w, runs, blocked, opened } = await recorded()
    await runs(800)
    blocked(920, 'server first', () => {
      w.socket.receive({ type: 'recording', state: 'paused' })
      w.socket.receive({ type: 'recording', state: 'recording' })
    })
    await runs(1000)
    const { loud } = await opened()
    expect([loud(0, 1000, 1920), loud(1, 1000, 1920)]).toEqual([0, 0])
  })

  it('keeps nothing that waited for longer than a second: a pause may wait behind it', async () => {
    const { w, runs, blocked, opened } = await recorded()
    await runs(800)
    blocked(3000, 'sound first', () => w.socket.receive({ type: 'recording', state: 'paused' }))
    await runs(400)
    const { loud } = await opened()
    expect([loud(0, 1000, 2990), loud(1, 1000, 2990)]).toEqual([0, 0])
  })

  it('keeps nothing of press-to-talk, nor of the second after it', async () => {
    const { runs, blocked, opened, masked } = await recorded()
    await runs(800)
    masked('mute', true)
    masked('mute', true, true)
    await runs(400)
    blocked(3000, 'server first', () => masked('strip', false))
    await runs(2000)
    const { loud } = await opened()
    expect(loud(1, 1000, 5390)).toBe(0)
    expect(loud(0, 4400, 5400)).toBeGreaterThan(900)
    expect(loud(1, 5450, 6400)).toBeGreaterThan(900)
  })
})

describe('a recording in this browser', () => {
  const target = { url: 'https://store.example/r', confirm: 'status' } as const
  const refused = { code: 'recording_in_use' }

  it('is neither uploaded nor discarded while its call is under way', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => new Response()))
    const { recorder, opened } = await recorded()
    vi.useRealTimers()
    await expect(uploadRecording(recorder.recordingId, target)).rejects.toMatchObject(refused)
    await expect(discardRecording(recorder.recordingId)).rejects.toMatchObject(refused)
    expect(fetch).not.toHaveBeenCalled()
    await opened()
    expect(browser.segments.size).toBeGreaterThan(0)
    await uploadRecording(recorder.recordingId, target)
    expect(browser.segments.size).toBe(0)
  })

  it('is uploaded by one tab at a time, and loses what was uploaded only', async () => {
    browser.segments.set('rec_1 0', Uint8Array.of(0)).set('rec_1 1', Uint8Array.of(1))
    let answer!: (response: Response) => void
    const asked = new Promise<void>((resolve) =>
      vi.stubGlobal('fetch', () => {
        resolve()
        return new Promise<Response>((done) => (answer = done))
      }),
    )
    const upload = uploadRecording('rec_1', target)
    await asked
    browser.segments.set('rec_1 2', Uint8Array.of(2))
    await expect(uploadRecording('rec_1', target)).rejects.toMatchObject(refused)
    answer(new Response())
    expect((await upload).size).toBe(2)
    expect([...browser.segments.keys()]).toEqual(['rec_1 2'])
    await discardRecording('rec_1')
    expect(browser.segments.size).toBe(0)
  })
})
