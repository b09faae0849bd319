/**
 * A perceptually even ramp from near black over violet and orange to pale
 * yellow: equal steps in level look like equal steps in brightness, also to
 * colour-blind eyes and in greyscale. Given as stops, expanded once.
 */
const STOPS: [r: number, g: number, b: number][] = [
  [5, 6, 18],
  [24, 15, 61],
  [68, 15, 118],
  [114, 31, 129],
  [158, 47, 127],
  [205, 64, 113],
  [241, 96, 93],
  [253, 149, 103],
  [254, 202, 141],
  [252, 253, 191],
]

/** 256 packed RGBA words in the byte order of this machine's ImageData. */
export const PALETTE: Uint32Array = (() => {
  const bytes = new Uint8ClampedArray(256 * 4)
  for (let i = 0; i < 256; i++) {
    const x = (i / 255) * (STOPS.length - 1)
    const lower = Math.min(STOPS.length - 2, Math.floor(x))
    const t = x - lower
    for (let c = 0; c < 3; c++) {
      bytes[i * 4 + c] = STOPS[lower]![c]! * (1 - t) + STOPS[lower + 1]![c]! * t
    }
    bytes[i * 4 + 3] = 255
  }
  return new Uint32Array(bytes.buffer)
})()
