// A plain reading of DTMF for checks: which keys sound, by the strongest low
// and high frequency of each 20 ms. It is a witness, not a mask's measure.
const LOW = [697, 770, 852, 941]
const HIGH = [1209, 1336, 1477, 1633]
const KEYS = ['123A', '456B', '789C', '*0#D']

function power(samples, from, length, frequency, rate) {
  const c = 2 * Math.cos((2 * Math.PI * frequency) / rate)
  let a = 0
  let b = 0
  for (let i = from; i < from + length; i++) [a, b] = [samples[i] + c * a - b, a]
  return (a * a + b * b - c * a * b) / (length * length)
}

/** The keys heard, in order, each once per sounding. */
export function keysIn(samples, rate) {
  const window = Math.round(rate * 0.02)
  let heard = ''
  let last = ''
  let run = 0
  for (let at = 0; at + window <= samples.length; at += window / 2) {
    const from = Math.floor(at)
    let total = 1e-12
    for (let i = from; i < from + window; i++) total += samples[i] * samples[i]
    total /= window
    const strongest = (list) => list.map((f, i) => [power(samples, from, window, f, rate), i]).sort((x, y) => y[0] - x[0])[0]
    const [p, row] = strongest(LOW)
    const [q, column] = strongest(HIGH)
    // A pure pair carries a quarter of its power in each of these figures.
    const key = total > 1e-6 && 2 * (p + q) > 0.7 * total && Math.min(p, q) > 0.05 * Math.max(p, q) ? KEYS[row][column] : ''
    run = key === last ? run + 1 : 1
    last = key
    if (key && run === 3) heard += key
  }
  return heard
}

export function decode({ sampleRate, data }) {
  const bytes = Buffer.from(data, 'base64')
  return { rate: sampleRate, samples: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) }
}
