import { TonegateError } from '../errors'
import type { Leg } from '../types'

/** Sound of both channels at the browser's rate, and the time of day at its end. */
export interface Heard {
  one: Float32Array
  two: Float32Array
  until: number
}

export interface Source {
  readonly rate: number
  close(): void
}

/** Taps what a leg sends and what it hears, without altering either. */
export async function openSource(leg: Leg, worklet: string | URL, heard: (sound: Heard) => void): Promise<Source> {
  const context = new AudioContext()
  // Chromium lets nothing of a received stream through that no element plays.
  const sink = new Audio()
  sink.muted = true
  try {
    await context.audioWorklet.addModule(String(worklet))
  } catch {
    void context.close()
    throw new TonegateError('recorder_failed', 'The recorder could not be loaded: is recorder.worklet.js served beside recorder.js?')
  }
  const node = new AudioWorkletNode(context, 'tonegate-recorder', { numberOfInputs: 2, numberOfOutputs: 1, channelCount: 1, channelCountMode: 'explicit' })
  node.port.onmessage = ({ data }) => heard(data as Heard)
  node.connect(context.destination)
  context.createMediaStreamSource(new MediaStream([leg.outgoing])).connect(node, 0, 0)
  let received: MediaStreamAudioSourceNode | undefined
  let track: MediaStreamTrack | undefined
  const attach = () => {
    const now = leg.stream.getAudioTracks()[0]
    if (!now || now === track) return
    track = now
    received?.disconnect()
    const stream = new MediaStream([now])
    sink.srcObject = stream
    void sink.play().catch(() => {})
    received = context.createMediaStreamSource(stream)
    received.connect(node, 0, 1)
  }
  attach()
  const off = leg.on('state', attach)
  if (context.state === 'suspended') void context.resume().catch(() => {})
  return {
    rate: context.sampleRate,
    close() {
      off()
      node.port.postMessage('stop')
      node.port.onmessage = null
      sink.srcObject = null
      void context.close().catch(() => {})
    },
  }
}
