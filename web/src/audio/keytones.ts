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

/** What lies between two keys at least. */
export const GAP_MS = 70
/** Who pressed a key longer ago than this does not expect it to sound any more. */
const LATEST_S = 3

/**
 * The customer's outgoing voice: the microphone, if there is one, and tones
 * laid into it as an analogue phone would.
 */
export class Voice {
  readonly #context = new AudioContext()
  readonly #out = this.#context.createMediaStreamDestination()
  #microphone: MediaStream | undefined
  /** When the next key may begin, on the context's clock. */
  #free = 0

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

  /**
   * Plays a key after those pressed before it; `ended` is called when it has
   * sounded, and `quiet` is kept free of tones then. Two keys at once are none: a
   * quick hand would lose both, and so would any hand while a busy machine holds
   * up the sound, whose clock stands still then, so that all that is pressed
   * begins at the same moment of it. A key for which there is no room soon is dropped.
   */
  play(key: string, ms: number, quiet = GAP_MS, ended = () => {}): void {
    const frequencies = pair(key)
    if (!frequencies) return
    const now = this.#context.currentTime
    const from = Math.max(now + 0.01, this.#free)
    if (from > now + LATEST_S) return
    const to = from + ms / 1000
    this.#free = to + quiet / 1000
    const gain = this.#context.createGain()
    gain.connect(this.#out)
    // One millisecond at each edge, so that the key does not click.
    gain.gain.setValueAtTime(0, from)
    gain.gain.linearRampToValueAtTime(0.25, from + 0.001)
    gain.gain.setValueAtTime(0.25, to - 0.001)
    gain.gain.linearRampToValueAtTime(0, to)
    const oscillators = frequencies.map((frequency) => {
      const oscillator = this.#context.createOscillator()
      oscillator.frequency.value = frequency
      oscillator.connect(gain)
      oscillator.start(from)
      oscillator.stop(to + 0.01)
      return oscillator
    })
    oscillators[0]!.onended = () => {
      gain.disconnect()
      ended()
    }
  }

  close(): void {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop()
    void this.#context.close().catch(() => {})
  }
}
