const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477, 1633]
const LAYOUT = ['123A', '456B', '789C', '*0#D']

/** The two frequencies of a key (ITU-T Q.23). */
export function pair(key: string): [low: number, high: number] | undefined {
  for (const [r, row] of LAYOUT.entries()) {
    const c = row.indexOf(key)
    if (c >= 0) return [ROWS[r]!, COLUMNS[c]!]
  }
  return undefined
}

/**
 * The customer's outgoing voice: the microphone, if there is one, and tones
 * laid into it as an analogue phone would.
 */
export class Voice {
  readonly #context = new AudioContext()
  readonly #out = this.#context.createMediaStreamDestination()
  #microphone: MediaStream | undefined

  constructor() {
    // Keeps frames flowing when there is neither voice nor tone.
    const zero = this.#context.createConstantSource()
    zero.offset.value = 0
    zero.connect(this.#out)
    zero.start()
    void this.#context.resume().catch(() => {})
  }

  get stream(): MediaStream {
    return this.#out.stream
  }

  async openMicrophone(): Promise<void> {
    this.#microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
    this.#context.createMediaStreamSource(this.#microphone).connect(this.#out)
  }

  play(key: string, ms: number): void {
    const frequencies = pair(key)
    if (!frequencies) return
    const from = this.#context.currentTime + 0.01
    const to = from + ms / 1000
    const gain = this.#context.createGain()
    gain.connect(this.#out)
    // One millisecond at each edge, so that the key does not click.
    gain.gain.setValueAtTime(0, from)
    gain.gain.linearRampToValueAtTime(0.25, from + 0.001)
    gain.gain.setValueAtTime(0.25, to - 0.001)
    gain.gain.linearRampToValueAtTime(0, to)
    for (const frequency of frequencies) {
      const oscillator = this.#context.createOscillator()
      oscillator.frequency.value = frequency
      oscillator.connect(gain)
      oscillator.start(from)
      oscillator.stop(to + 0.01)
      oscillator.onended = () => gain.disconnect()
    }
  }

  close(): void {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop()
    void this.#context.close().catch(() => {})
  }
}
