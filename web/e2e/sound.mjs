// Sound for checks: WAV files, sample rates, levels, and an independent reader
// of keys. Samples are floats in [-1, 1].
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const LOW = [697, 770, 852, 941]
const HIGH = [1209, 1336, 1477, 1633]
const KEYS = ['123A', '456B', '789C', '*0#D']

/** A full-scale sine is +3.17 dBm0 (ITU-T G.711) and has an RMS of -3.01 dB. */
const DBM0 = 3.17 + 3.01

export const pairOf = (key) => {
  const row = KEYS.findIndex((keys) => keys.includes(key))
  return [LOW[row], HIGH[KEYS[row].indexOf(key)]]
}

/** Walks a WAV file's chunks: its format's bytes, and its data's. */
function wavOf(file) {
  const bytes = readFileSync(file)
  let format
  for (let at = 12; at < bytes.length; ) {
    const [name, length] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)]
    const chunk = bytes.subarray(at + 8, at + 8 + length)
    if (name === 'fmt ') format = { code: chunk.readUInt16LE(0), channels: chunk.readUInt16LE(2), rate: chunk.readUInt32LE(4), bits: chunk.readUInt16LE(14) }
    if (name === 'data') return { ...format, data: chunk }
    at += 8 + length + (length & 1)
  }
  throw new Error(`${file} has no data`)
}

export function readWav(file) {
  const { channels, rate, bits, data } = wavOf(file)
  if (channels !== 1 || bits !== 16) throw new Error(`${file} is not 16-bit mono`)
  return { rate, samples: Float32Array.from({ length: data.length >> 1 }, (_, i) => data.readInt16LE(2 * i) / 32768) }
}

/** An opened recording: two channels of G.711 µ-law. */
export function readG711(file) {
  const { code, channels, rate, data } = wavOf(file)
  if (code !== 7 || channels !== 2) throw new Error(`${file} is not µ-law in two channels`)
  const channel = (n) => Float32Array.from({ length: data.length >> 1 }, (_, i) => ulaw(data[2 * i + n]))
  return { rate, agent: channel(0), heard: channel(1) }
}

/** G.711 µ-law, by its formula. */
function ulaw(code) {
  const bits = ~code & 0xff
  const size = ((2 * (bits & 15) + 33) << ((bits >> 4) & 7)) - 33
  return ((bits & 0x80 ? -1 : 1) * size) / 8192
}

const pcm = (samples) => Buffer.from(Int16Array.from(samples, (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32768)))).buffer)

export function writeWav(file, { rate, samples }) {
  const data = pcm(samples)
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(2 * rate, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  writeFileSync(file, Buffer.concat([head, data]))
}

/** Band-limited: a Hann-windowed sinc over 24 zero crossings, tabulated. */
export function resample({ rate, samples }, to) {
  if (rate === to) return { rate, samples }
  const cut = Math.min(1, to / rate) * 0.96
  const reach = Math.ceil(12 / cut)
  const FINE = 512
  const table = new Float64Array((reach + 1) * FINE)
  for (let i = 0; i < table.length; i++) {
    const t = i / FINE
    const x = Math.PI * t * cut
    table[i] = t >= reach ? 0 : cut * (i === 0 ? 1 : Math.sin(x) / x) * (0.5 + 0.5 * Math.cos((Math.PI * t) / reach))
  }
  const out = new Float32Array(Math.floor((samples.length * to) / rate))
  for (let i = 0; i < out.length; i++) {
    const at = (i * rate) / to
    const last = Math.min(samples.length - 1, Math.floor(at) + reach)
    let sum = 0
    for (let k = Math.max(0, Math.ceil(at) - reach); k <= last; k++) sum += samples[k] * table[Math.round(Math.abs(k - at) * FINE)]
    out[i] = sum
  }
  return { rate: to, samples: out }
}

const decibels = (power) => 10 * Math.log10(power + 1e-13)

/** RMS level in dBm0. */
export function level(samples, from = 0, to = samples.length) {
  let power = 0
  for (let i = from; i < to; i++) power += samples[i] * samples[i]
  return decibels(power / Math.max(1, to - from)) + DBM0
}

const FRAME = 0.05
const HOP = 0.01

/**
 * The level of one frequency over time: a Goertzel filter over 50 ms under a
 * Hann window, each 10 ms, in dBm0 of the sine that would read the same. The
 * window keeps a loud voice out of its neighbours.
 */
export function trace({ rate, samples }, frequency) {
  const length = Math.round(FRAME * rate)
  const hop = Math.round(HOP * rate)
  const hann = Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length))
  const c = 2 * Math.cos((2 * Math.PI * frequency) / rate)
  const out = []
  for (let at = 0; at + length <= samples.length; at += hop) {
    let a = 0
    let b = 0
    for (let i = 0; i < length; i++) [a, b] = [samples[at + i] * hann[i] + c * a - b, a]
    // A sine of amplitude one reads (length / 4)²; its power is one half.
    out.push(decibels((8 * (a * a + b * b - c * a * b)) / (length * length)) + DBM0)
  }
  return out
}

/** The frames of a trace that touch the stretch, in seconds. */
export const during = (trace, from, to) => trace.slice(Math.max(0, Math.floor((from - FRAME) / HOP)), Math.max(0, Math.ceil(to / HOP)))

/**
 * What of a recording lies above a frequency: a windowed-sinc filter at 8 kHz,
 * whose stop band ends some 60 Hz below it.
 */
export function above(recording, frequency) {
  const { rate, samples } = resample(recording, 8000)
  const half = 200
  const cut = frequency / rate
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = i - half
    const blackman = 0.42 + 0.5 * Math.cos((Math.PI * t) / half) + 0.08 * Math.cos((2 * Math.PI * t) / half)
    return (t === 0 ? 1 - 2 * cut : -Math.sin(2 * Math.PI * cut * t) / (Math.PI * t)) * blackman
  })
  const out = new Float32Array(Math.max(0, samples.length - taps.length + 1))
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let k = 0; k < taps.length; k++) sum += taps[k] * samples[i + k]
    out[i] = sum
  }
  return { rate, samples: out }
}

/** From here on two stretches of VOICE_S or more are the same voice: see sound.test.mjs for what reads more, and what less. */
export const SAME_VOICE = 0.7
/** Another voice reads less than this share of what the right one does. */
export const OTHER_VOICE = 2 / 3
export const VOICE_S = 4

/** Levels of speech are compared in steps of 20 ms, and pieces of a second. */
const STEPS_PER_S = 50
/** How far what a browser plays may move from one piece to the next, and in all: 100 and 300 ms. */
const MOVES = 5
const WANDERS = 15

/**
 * How alike two stretches of speech are: the correlation of their envelopes, best over all
 * shifts of the looped source. The shift may wander a little: a browser plays faster, or
 * slower, while it adapts its delay to the network, in the first seconds of a call above all.
 * With one shift for all, the same voice was as little as 47 % alike.
 */
export function resemblance(heard, loop) {
  const envelope = ({ rate, samples }) => {
    const step = rate / STEPS_PER_S
    return Array.from({ length: Math.floor(samples.length / step) }, (_, i) => Math.max(-50, level(samples, Math.round(i * step), Math.round((i + 1) * step))))
  }
  const centred = (list) => {
    const mean = list.reduce((a, b) => a + b, 0) / list.length
    return list.map((x) => x - mean)
  }
  const [x, source] = [centred(envelope(heard)), centred(envelope(loop))]
  const around = (shift) => (shift + source.length) % source.length
  // By piece and shift: the product with the source there, and the source's power.
  const pieces = []
  for (let from = 0; from < x.length; from += STEPS_PER_S) {
    const piece = x.slice(from, from + STEPS_PER_S)
    pieces.push(
      source.map((_, shift) => {
        let [product, power] = [0, 0]
        for (const [i, v] of piece.entries()) {
          const y = source[(from + i + shift) % source.length]
          product += v * y
          power += y * y
        }
        return { product, power }
      }),
    )
  }
  const own = x.reduce((sum, v) => sum + v * v, 0)
  let best = 0
  for (let start = 0; start < source.length; start++) {
    // By how far it has wandered: the best way that ends there.
    let ways = [{ at: 0, product: 0, power: 0 }]
    for (const piece of pieces) {
      const next = []
      for (let at = -WANDERS; at <= WANDERS; at++) {
        const before = ways.filter((way) => Math.abs(way.at - at) <= (piece === pieces[0] ? 0 : MOVES))
        if (before.length === 0) continue
        const from = before.reduce((a, b) => (b.product > a.product ? b : a))
        const { product, power } = piece[around(start + at)]
        next.push({ at, product: from.product + product, power: from.power + power })
      }
      ways = next
    }
    for (const { product, power } of ways) best = Math.max(best, product / Math.sqrt(own * power + 1e-9))
  }
  return best
}

/** The keys that multimon-ng reads: not our code, on purpose. */
export function multimon(recording) {
  const { samples } = resample(recording, 22050)
  const ran = spawnSync('multimon-ng', ['-q', '-a', 'DTMF', '-t', 'raw', '-'], { input: pcm(samples), encoding: 'latin1' })
  if (ran.error || ran.status !== 0) {
    throw new Error(`multimon-ng did not run (${ran.error?.message ?? ran.stderr}): install it with scripts/test-deps.sh`)
  }
  return [...ran.stdout.matchAll(/^DTMF: (.)/gm)].map(([, key]) => key).join('')
}
