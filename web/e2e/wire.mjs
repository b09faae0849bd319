// What reached a browser on the wire, before its own playout: the payloads of
// the RTP packets as they came, in order of their time stamps. A browser that a
// busy machine lets wait stretches, cuts and makes up sound; what the bridge
// sent is here as it sent it.

/** Runs in a page ahead of its scripts: keeps the payloads of what is received. */
export function overhearWire() {
  const packets = (window.__wire = [])
  const Native = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Native {
    constructor(settings) {
      super({ ...settings, encodedInsertableStreams: true })
      this.addEventListener('track', ({ receiver }) => {
        const { readable, writable } = receiver.createEncodedStreams()
        const note = (frame, controller) => {
          const { rtpTimestamp, payloadType, synchronizationSource } = frame.getMetadata()
          const payload = new Uint8Array(frame.data.slice(0))
          packets.push({ at: performance.timeOrigin + performance.now(), timestamp: rtpTimestamp ?? frame.timestamp, type: payloadType, source: synchronizationSource, payload })
          if (packets.length > 3000) packets.shift()
          controller.enqueue(frame)
        }
        void readable.pipeThrough(new TransformStream({ transform: note })).pipeTo(writable)
      })
    }
    addTransceiver(...what) {
      const transceiver = super.addTransceiver(...what)
      // Once streams are asked for, nothing is sent without them.
      const { readable, writable } = transceiver.sender.createEncodedStreams()
      void readable.pipeTo(writable)
      return transceiver
    }
  }
}

/** The packets that a page received since a moment of the wall clock. */
export const wireSince = async (page, from) =>
  (
    await page.evaluate(
      (from) => window.__wire.filter(({ at }) => at >= from).map(({ payload, ...rest }) => ({ ...rest, payload: [...payload] })),
      from,
    )
  ).map(({ payload, ...rest }) => ({ ...rest, payload: Uint8Array.from(payload) }))

/** ITU-T G.711 µ-law, as floats in [-1, 1]. */
const MULAW = Float32Array.from({ length: 256 }, (_, code) => {
  const x = ~code & 0xff
  const magnitude = ((((x & 0x0f) << 3) + 0x84) << ((x & 0x70) >> 4)) - 0x84
  return (x & 0x80 ? -magnitude : magnitude) / 32768
})

/**
 * One line of sound from packets of PCMU, each at the place that its time
 * stamp gives it; what is missing is silence. `at` is when the first one came,
 * `others` counts packets of another type or source.
 */
export function soundOf(packets) {
  const of = packets.filter(({ type }) => type === 0)
  const others = packets.length - of.filter(({ source }) => source === of[0].source).length
  if (of.length === 0) return { at: 0, rate: 8000, samples: new Float32Array(0), lost: 0, others }
  const place = ({ timestamp }) => (timestamp - of[0].timestamp) | 0
  const last = of.reduce((end, packet) => Math.max(end, place(packet) + packet.payload.length), 0)
  const samples = new Float32Array(last)
  let filled = 0
  for (const packet of of) {
    const from = place(packet)
    if (from < 0) continue
    filled += packet.payload.length
    packet.payload.forEach((code, i) => (samples[from + i] = MULAW[code]))
  }
  return { at: of[0].at, rate: 8000, samples, lost: last - filled, others }
}
