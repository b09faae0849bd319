// Runs on the audio thread: hands on what both inputs brought, some 40 ms at a
// time, with the time of day at its end. It listens and outputs silence.

const BATCH = 2048

class Recorder extends AudioWorkletProcessor {
  constructor() {
    super()
    this.running = true
    this.begin()
    this.port.onmessage = () => {
      this.running = false
    }
  }

  begin() {
    this.one = new Float32Array(BATCH)
    this.two = new Float32Array(BATCH)
    this.filled = 0
  }

  process(inputs, outputs) {
    const length = outputs[0][0].length
    if (this.filled + length > BATCH) this.hand()
    const [one] = inputs[0]
    const [two] = inputs[1]
    if (one) this.one.set(one, this.filled)
    if (two) this.two.set(two, this.filled)
    this.filled += length
    return this.running
  }

  hand() {
    const one = this.one.slice(0, this.filled)
    const two = this.two.slice(0, this.filled)
    this.port.postMessage({ one, two, until: Date.now() }, [one.buffer, two.buffer])
    this.begin()
  }
}

registerProcessor('tonegate-recorder', Recorder)
