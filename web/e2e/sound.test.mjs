import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { OTHER_VOICE, readWav, resemblance, SAME_VOICE, VOICE_S } from './sound.mjs'

const speech = (name) => {
  const { rate, samples } = readWav(join(fileURLToPath(import.meta.url), '../../../internal/demo/speech', `${name}.wav`))
  return { rate, samples: samples.slice(0, 8 * rate) }
}
const [customer, agent] = [speech('customer'), speech('agent')]

/** A looped voice for some seconds, from a shift that may change with time, both in seconds. */
const played = ({ rate, samples }, seconds, shift) => ({
  rate,
  samples: Float32Array.from({ length: seconds * rate }, (_, i) => samples[Math.round((i / rate + shift(i / rate)) * rate) % samples.length]),
})
/** The same with each sample changed. */
const changed = ({ rate, samples }, f) => ({ rate, samples: samples.map((x, i) => f(x, i / samples.length)) })

describe.each([VOICE_S, 9])('resemblance of %d s', (seconds) => {
  describe.each([0.1, 1.9, 4.2, 7.8])('from %d s on', (start) => {
    test.each([
      ['as it is', () => 0],
      ['faster, until a delay of 240 ms is gone', (t) => Math.min(0.24, 0.03 * t)],
      ['slower, until there is one', (t) => 0.5 - Math.min(0.12, 0.04 * t)],
      ['after a standstill of 60 ms', (t) => (t < seconds / 2 ? 0.06 : 0)],
    ])('knows a voice that is played %s', (_, wandered) => {
      const heard = played(customer, seconds, (t) => start + wandered(t))
      const like = resemblance(heard, customer)
      expect(like).toBeGreaterThan(0.85)
      expect(resemblance(heard, agent)).toBeLessThan(OTHER_VOICE * like)
    })

    const voice = played(customer, seconds, () => start)
    test.each([
      ['of which a half is missing', changed(voice, (x, at) => (at < 0.5 ? x : 0))],
      ['of which every other 200 ms are missing', changed(voice, (x, at) => ((at * seconds) % 0.4 < 0.2 ? x : 0))],
      ['whose words are out of order', played(customer, seconds, (t) => start + 3 * Math.floor(t / 0.7))],
      ['that is played faster and faster away', played(customer, seconds, (t) => start + 0.3 * t)],
    ])('does not know one %s', (_, heard) => {
      expect(resemblance(heard, customer)).toBeLessThan(SAME_VOICE)
    })
  })

  test('does not know one that wanders slowly, but on and on', () => {
    expect(resemblance(played(customer, 20, (t) => 0.09 * t), customer)).toBeLessThan(SAME_VOICE)
  })

  test('silence is no voice', () => {
    expect(resemblance({ rate: 8000, samples: new Float32Array(seconds * 8000) }, customer)).toBe(0)
  })
})
