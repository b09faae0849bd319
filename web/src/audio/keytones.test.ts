import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Voice } from './keytones'

/** An oscillator as far as a key needs one; times are on the context's clock. */
class FakeOscillator {
  frequency = { value: 0 }
  from = 0
  to = 0
  onended = () => {}
  connect() {}
  start(at: number) {
    this.from = at
  }
  stop(at: number) {
    this.to = at
  }
}

let sound: FakeContext

class FakeContext {
  currentTime = 0
  readonly oscillators: FakeOscillator[] = []
  constructor() {
    sound = this
  }
  #node() {
    const value = { value: 0, setValueAtTime() {}, linearRampToValueAtTime() {} }
    return { connect() {}, disconnect() {}, gain: value, offset: value, start() {}, stream: {} }
  }
  createMediaStreamDestination = this.#node
  createConstantSource = this.#node
  createGain = this.#node
  createOscillator() {
    const oscillator = new FakeOscillator()
    this.oscillators.push(oscillator)
    return oscillator
  }
  resume = () => Promise.resolve()
}

beforeEach(() => vi.stubGlobal('AudioContext', FakeContext))
afterEach(() => vi.unstubAllGlobals())

/** The first oscillator of each key, which says when the key sounds. */
const keys = () => sound.oscillators.filter((_, i) => i % 2 === 0)

test('a key sounds at once, with its two frequencies', () => {
  const voice = new Voice()
  sound.currentTime = 3
  voice.play('5', 100)
  expect(sound.oscillators.map(({ frequency }) => frequency.value)).toEqual([770, 1336])
  for (const { from } of sound.oscillators) expect(from).toBeCloseTo(3.01, 6)
})

test('keys pressed while the clock of the sound stands still sound one after the other', () => {
  const voice = new Voice()
  for (const key of '9#87') voice.play(key, 100)
  expect(keys().map(({ from }) => Math.round(1000 * from))).toEqual([10, 180, 350, 520])
  for (const [i, { to }] of keys().slice(0, -1).entries()) expect(keys()[i + 1]!.from - to).toBeGreaterThan(0.05)
})

test('a key after a pause waits for nothing', () => {
  const voice = new Voice()
  voice.play('1', 100)
  sound.currentTime = 1
  voice.play('2', 100)
  expect(keys()[1]!.from).toBeCloseTo(1.01, 6)
})

test('what is to follow a key follows its sound, and the next key waits for it', () => {
  const voice = new Voice()
  const events: string[] = []
  for (const key of '12') voice.play(key, 100, 240, () => events.push(key))
  expect(keys().map(({ from }) => Math.round(1000 * from))).toEqual([10, 350])
  expect(events).toEqual([])
  keys()[0]!.onended()
  expect(events).toEqual(['1'])
})

test('keys do not pile up while the sound does not go on', () => {
  const voice = new Voice()
  for (let i = 0; i < 100; i++) voice.play('1', 100)
  expect(keys().length).toBe(18)
  sound.currentTime = 3
  voice.play('2', 100)
  expect(keys().length).toBe(19)
})

test('what is no key neither sounds nor takes a turn', () => {
  const voice = new Voice()
  voice.play('x', 100)
  voice.play('1', 100)
  expect(keys().map(({ from }) => Math.round(1000 * from))).toEqual([10])
})
