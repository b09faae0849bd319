/** The rate of a recording. */
export const RATE = 8000

/** Middle of the slope, and its width, in Hz: 3400 Hz pass, what would fold below 4000 Hz does not. */
const CUT = 3700
const SLOPE = 600
/** 60 dB down in the stop band (Kaiser). */
const ATTENUATION = 60
const BETA = 0.1102 * (ATTENUATION - 8.7)

/**
 * Takes a stream of samples from any rate of a browser (8000 Hz and more) to
 * 8000 Hz: a low-pass of windowed sines, worked out at the output's samples only.
 * What goes in at a time comes out at that time; the last few milliseconds wait
 * for what follows them.
 */
export class Resampler {
  readonly #up: number
  readonly #down: number
  readonly #half: number
  readonly #filters: Float64Array[] = []
  /** The input that outputs still need; its first sample is number #first of the stream. */
  #kept: Float32Array
  #first: number
  #made = 0

  constructor(rate: number) {
    const common = gcd(rate, RATE)
    this.#up = RATE / common
    this.#down = rate / common
    this.#half = rate === RATE ? 0 : Math.ceil(((ATTENUATION - 8) / (2.285 * 2 * Math.PI)) * (rate / SLOPE) * 0.5)
    for (let phase = 0; phase < this.#up; phase++) this.#filters.push(filter(rate, this.#half, phase / this.#up))
    this.#kept = new Float32Array(this.#half)
    this.#first = -this.#half
  }

  push(input: Float32Array): Float32Array {
    const half = this.#half
    const data = new Float32Array(this.#kept.length + input.length)
    data.set(this.#kept)
    data.set(input, this.#kept.length)
    const end = this.#first + data.length
    const out: number[] = []
    for (; ; this.#made++) {
      const at = this.#made * this.#down
      const whole = Math.floor(at / this.#up)
      if (whole + half + 1 > end) {
        const from = Math.max(0, Math.min(data.length, whole - half - this.#first))
        this.#kept = data.slice(from)
        this.#first += from
        return Float32Array.from(out)
      }
      const taps = this.#filters[at % this.#up]!
      const start = whole - half - this.#first
      let sum = 0
      for (let k = 0; k < taps.length; k++) sum += taps[k]! * data[start + k]!
      out.push(sum)
    }
  }
}

/** Taps for the input around an output that lies `shift` of an input sample behind the middle one. */
function filter(rate: number, half: number, shift: number): Float64Array {
  if (half === 0) return Float64Array.of(1)
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, k) => {
    const t = k - half - shift
    const x = (2 * CUT * t) / rate
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
    const edge = Math.min(1, Math.abs(t) / (half + 1))
    return sinc * bessel(BETA * Math.sqrt(1 - edge * edge))
  })
  const gain = taps.reduce((sum, tap) => sum + tap, 0)
  return taps.map((tap) => tap / gain)
}

/** The modified Bessel function of the first kind, of order zero. */
function bessel(x: number): number {
  let sum = 1
  for (let k = 1, term = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
