import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readWav, resemblance, SAME_VOICE } from './sound.mjs'

const speech = (name) => {
  const { rate, samples } = readWav(join(fileURLToPath(import.meta.url), '../../../internal/demo/speech', `${name}.wav`))
  return { rate, samples: samples.slice(0, 8 * rate) }
}
const [customer, agent] = [speech('customer'), speech('agent')]

/** Nine seconds of a looped voice, from a shift that may change with time, both in seconds. */
const played = ({ rate, samples }, shift) => ({
  rate,
  samples: Float32Array.from({ length: 9 * rate }, (_, i) => samples[(i + Math.round(shift(i / rate) * rate)) % samples.length]),
})

describe('resemblance', () => {
  test.each([
    ['as it is', () => 3],
    ['faster, until a delay of 120 ms is gone', (t) => 3 + Math.min(0.12, 0.02 * t)],
    ['slower, until there is one', (t) => 3 - Math.min(0.12, 0.04 * t)],
    ['after a standstill of 60 ms', (t) => (t < 4.5 ? 3 : 2.94)],
    ['from the end of the loop on', (t) => 7.9 + Math.min(0.1, 0.02 * t)],
  ])('knows a voice that is played %s', (_, shift) => {
    expect(resemblance(played(customer, shift), customer)).toBeGreaterThan(0.85)
    expect(resemblance(played(customer, shift), agent)).toBeLessThan(0.5)
  })

  test('does not know a voice of which a half is missing', () => {
    const whole = played(customer, () => 3)
    const half = whole.samples.map((x, i) => (i < whole.samples.length / 2 ? x : 0))
    expect(resemblance({ ...whole, samples: half }, customer)).toBeLessThan(SAME_VOICE)
  })

  test('does not know a voice whose words are out of order', () => {
    expect(resemblance(played(customer, (t) => 3 * Math.floor(t) + 1), customer)).toBeLessThan(SAME_VOICE)
  })

  test('silence is no voice', () => {
    expect(resemblance({ rate: 8000, samples: new Float32Array(9 * 8000) }, customer)).toBe(0)
  })
})
