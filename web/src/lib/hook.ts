import type { Leg, LegState } from '../../sdk/tonegate'
import type { Recorded, Tap } from '../audio/tap'

/** The figures tests ask for, out of the browser's full report. */
export interface StatsSummary {
  packetsSent: number
  packetsReceived: number
  packetsLost: number
  concealedSamples: number
  totalSamplesReceived: number
  jitter: number
  sendCodec: string
  receiveCodec: string
}

export interface TestHook {
  readonly leg: Leg
  state(): LegState
  stats(): Promise<StatsSummary>
  /** The next seconds of received audio, mono float at the context's rate. */
  record(seconds: number): Promise<Recorded>
  /** The same as little-endian float32 in base64, which drivers carry cheaply. */
  recordBase64(seconds: number): Promise<{ sampleRate: number; format: 'f32le'; data: string }>
}

declare global {
  interface Window {
    __tonegate?: TestHook
  }
}

/**
 * Gives end-to-end tests a look at a demonstration call. It reads only, and
 * only what this page has received or counted anyway.
 */
export function exposeForTests(leg: Leg, tap: Tap | undefined): void {
  const record = (seconds: number) => (tap ? tap.record(seconds) : Promise.reject(new Error('not a demonstration')))
  window.__tonegate = {
    leg,
    state: () => leg.state,
    stats: async () => summarise(await leg.getStats()),
    record,
    recordBase64: async (seconds) => {
      const { sampleRate, samples } = await record(seconds)
      return { sampleRate, format: 'f32le', data: base64(new Uint8Array(samples.buffer)) }
    },
  }
}

type Row = Record<string, any>

function summarise(report: RTCStatsReport): StatsSummary {
  const rows: Row[] = []
  report.forEach((row) => rows.push(row as Row))
  const inbound = rows.find((r) => r.type === 'inbound-rtp') ?? {}
  const outbound = rows.find((r) => r.type === 'outbound-rtp') ?? {}
  const codec = (id: unknown) => (rows.find((r) => r.id === id)?.mimeType as string | undefined) ?? ''
  return {
    packetsSent: outbound.packetsSent ?? 0,
    packetsReceived: inbound.packetsReceived ?? 0,
    packetsLost: inbound.packetsLost ?? 0,
    concealedSamples: inbound.concealedSamples ?? 0,
    totalSamplesReceived: inbound.totalSamplesReceived ?? 0,
    jitter: inbound.jitter ?? 0,
    sendCodec: codec(outbound.codecId),
    receiveCodec: codec(inbound.codecId),
  }
}

function base64(bytes: Uint8Array): string {
  let text = ''
  // In slices: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}
