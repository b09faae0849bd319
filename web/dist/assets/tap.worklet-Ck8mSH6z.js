// Runs on the audio thread, so that a tab in the background keeps its pace:
// browsers stop animation frames and slow timers there, but not audio.
//
// Every 20 ms it turns the newest 43 ms of what it hears into one column of a
// spectrogram up to 4 kHz, in bytes of 90 dB down to 0 for the quietest.

const SIZE = 2048
const TOP_HZ = 4000
const BATCH = 3
const FLOOR_DB = -100
const RANGE_DB = 90

const hann = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE))
const cosines = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE))
const sines = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / SIZE))

/** In-place radix-2 FFT. */
function fft(re, im) {
  for (let i = 1, j = 0; i < SIZE; i++) {
    let bit = SIZE >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      const r = re[i]
      re[i] = re[j]
      re[j] = r
      // The input is real: `im` is all zero here.
    }
  }
  for (let len = 2; len <= SIZE; len <<= 1) {
    const half = len >> 1
    const step = SIZE / len
    for (let i = 0; i < SIZE; i += len) {
      for (let k = 0; k < half; k++) {
        const c = cosines[k * step]
        const s = -sines[k * step]
        const a = i + k
        const b = a + half
        const xr = re[b] * c - im[b] * s
        const xi = re[b] * s + im[b] * c
        re[b] = re[a] - xr
        im[b] = im[a] - xi
        re[a] += xr
        im[a] += xi
      }
    }
  }
}

class Tap extends AudioWorkletProcessor {
  constructor() {
    super()
    this.ring = new Float32Array(SIZE)
    this.at = 0
    this.hop = Math.round(sampleRate / 50)
    this.untilHop = this.hop
    this.bins = Math.ceil((TOP_HZ * SIZE) / sampleRate)
    this.batch = new Uint8Array(this.bins * BATCH)
    this.filled = 0
    this.energy = 0
    this.counted = 0
    this.re = new Float32Array(SIZE)
    this.im = new Float32Array(SIZE)
    this.recording = false
    this.running = true
    this.port.onmessage = ({ data }) => {
      if (data === 'record') this.recording = true
      if (data === 'pause') this.recording = false
      if (data === 'stop') this.running = false
    }
  }

  process(inputs) {
    const input = inputs[0]?.[0]
    const length = input?.length ?? 128
    for (let i = 0; i < length; i++) {
      const x = input ? input[i] : 0
      this.ring[this.at] = x
      this.at = (this.at + 1) % SIZE
      this.energy += x * x
      this.counted++
      if (--this.untilHop === 0) {
        this.untilHop = this.hop
        this.column()
      }
    }
    if (this.recording) {
      const copy = input ? input.slice() : new Float32Array(length)
      this.port.postMessage({ pcm: copy }, [copy.buffer])
    }
    return this.running
  }

  column() {
    const { re, im } = this
    for (let i = 0; i < SIZE; i++) re[i] = this.ring[(this.at + i) % SIZE] * hann[i]
    im.fill(0)
    fft(re, im)
    const offset = this.filled * this.bins
    // A full-scale sine through the window peaks at SIZE / 4.
    const scale = 16 / (SIZE * SIZE)
    for (let k = 0; k < this.bins; k++) {
      const db = 10 * Math.log10((re[k] * re[k] + im[k] * im[k]) * scale + 1e-12)
      this.batch[offset + k] = Math.max(0, Math.min(255, ((db - FLOOR_DB) / RANGE_DB) * 255))
    }
    if (++this.filled < BATCH) return
    const columns = this.batch
    const level = 10 * Math.log10(this.energy / this.counted + 1e-12)
    this.batch = new Uint8Array(this.bins * BATCH)
    this.filled = 0
    this.energy = 0
    this.counted = 0
    this.port.postMessage({ columns, bins: this.bins, level }, [columns.buffer])
  }
}

registerProcessor('tonegate-tap', Tap)
