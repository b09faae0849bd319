import workletUrl from './tap.worklet.js?url&no-inline'

/** Spectrogram columns, oldest first, each `bins` bytes from 0 Hz upwards. */
export interface Columns {
  columns: Uint8Array
  bins: number
  /** RMS of the same stretch in dBFS. */
  level: number
}

export interface Recorded {
  sampleRate: number
  samples: Float32Array
}

/** Listens to a received stream, without altering what is played. */
export class Tap {
  onColumns: (columns: Columns) => void = () => {}
  #node: AudioWorkletNode | undefined
  #pcm: ((samples: Float32Array) => void) | undefined
  readonly #context: AudioContext

  /** Create it inside a click, or the browser will not let it run. */
  constructor() {
    this.#context = new AudioContext()
    void this.#context.resume().catch(() => {})
  }

  async listen(stream: MediaStream): Promise<void> {
    if (this.#node) return
    await this.#context.audioWorklet.addModule(workletUrl)
    const node = new AudioWorkletNode(this.#context, 'tonegate-tap', { numberOfInputs: 1, numberOfOutputs: 1 })
    this.#node = node
    node.port.onmessage = ({ data }) => {
      if (data.pcm) this.#pcm?.(data.pcm)
      else this.onColumns(data)
    }
    this.#context.createMediaStreamSource(stream).connect(node)
    // The node outputs silence, but only what leads to an output is run.
    node.connect(this.#context.destination)
  }

  /** The next `seconds` of received audio, as the page hears it. */
  record(seconds: number): Promise<Recorded> {
    const node = this.#node
    if (!node) return Promise.reject(new Error('nothing is received yet'))
    if (this.#pcm) return Promise.reject(new Error('a recording is already running'))
    const { sampleRate } = this.#context
    const samples = new Float32Array(Math.round(seconds * sampleRate))
    let at = 0
    return new Promise((resolve) => {
      this.#pcm = (chunk) => {
        samples.set(chunk.subarray(0, samples.length - at), at)
        at += Math.min(chunk.length, samples.length - at)
        if (at < samples.length) return
        this.#pcm = undefined
        node.port.postMessage('pause')
        resolve({ sampleRate, samples })
      }
      node.port.postMessage('record')
    })
  }

  close(): void {
    this.#node?.port.postMessage('stop')
    void this.#context.close().catch(() => {})
  }
}
