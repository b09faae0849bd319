/** G.711 µ-law of silence. */
export const SILENCE = 0xff

const BIAS = 132
const CLIP = 32635

/** A sample from -1 to 1 as G.711 µ-law (ITU-T G.711, RFC 3551 PCMU). */
export function encode(sample: number): number {
  const linear = Math.max(-CLIP, Math.min(CLIP, Math.round(sample * 32768)))
  const sign = linear < 0 ? 0x80 : 0
  const size = Math.abs(linear) + BIAS
  const exponent = Math.max(0, 24 - Math.clz32(size))
  return ~(sign | (exponent << 4) | ((size >> (exponent + 3)) & 15)) & 0xff
}
