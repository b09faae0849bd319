import { PALETTE } from './colours'
import type { Columns } from './tap'

export const DTMF_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633]
const TOP_HZ = 4000
const SECONDS = 10
const COLUMNS_PER_SECOND = 50
const WIDTH = SECONDS * COLUMNS_PER_SECOND

const GUTTER = { left: 46, right: 12, top: 12, bottom: 26 }
const INK = '#c9cede'
const FAINT = 'rgba(201, 206, 222, 0.2)'
const GUIDE = 'rgba(126, 231, 214, 0.3)'

/**
 * Draws a scrolling spectrogram. Columns go into a ring the size of the
 * history; each repaint stitches its two halves, so the cost does not depend
 * on how much has scrolled.
 */
export class Painter {
  readonly #canvas: HTMLCanvasElement
  readonly #history = document.createElement('canvas')
  #image: ImageData | undefined
  #bins = 0
  #head = 0
  #dirty = true
  #timer: ReturnType<typeof setInterval> | number = 0
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  readonly #resize: ResizeObserver

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
    this.#resize = new ResizeObserver(() => {
      const ratio = devicePixelRatio || 1
      canvas.width = Math.round(canvas.clientWidth * ratio)
      canvas.height = Math.round(canvas.clientHeight * ratio)
      this.#dirty = true
      this.#paint()
    })
    this.#resize.observe(canvas)
    this.#schedule()
    this.#calm.addEventListener('change', this.#schedule)
  }

  push({ columns, bins }: Columns): void {
    if (bins !== this.#bins) this.#allocate(bins)
    const context = this.#history.getContext('2d')!
    const image = this.#image!
    const pixels = new Uint32Array(image.data.buffer)
    for (let at = 0; at + bins <= columns.length; at += bins) {
      for (let k = 0; k < bins; k++) pixels[bins - 1 - k] = PALETTE[columns[at + k]!]!
      context.putImageData(image, this.#head, 0)
      this.#head = (this.#head + 1) % WIDTH
    }
    this.#dirty = true
  }

  dispose(): void {
    this.#resize.disconnect()
    this.#calm.removeEventListener('change', this.#schedule)
    this.#unschedule()
  }

  #unschedule(): void {
    cancelAnimationFrame(this.#timer as number)
    clearInterval(this.#timer)
  }

  /** With reduced motion the picture is turned over once a second instead. */
  #schedule = (): void => {
    this.#unschedule()
    if (this.#calm.matches) {
      this.#timer = setInterval(() => this.#paint(), 1000)
      return
    }
    const frame = () => {
      this.#paint()
      this.#timer = requestAnimationFrame(frame)
    }
    this.#timer = requestAnimationFrame(frame)
  }

  #allocate(bins: number): void {
    this.#bins = bins
    this.#head = 0
    this.#history.width = WIDTH
    this.#history.height = bins
    const context = this.#history.getContext('2d', { willReadFrequently: true })!
    context.fillStyle = `rgb(5 6 18)`
    context.fillRect(0, 0, WIDTH, bins)
    this.#image = new ImageData(1, bins)
  }

  #paint(): void {
    if (!this.#dirty || this.#canvas.width === 0) return
    this.#dirty = false
    const ratio = devicePixelRatio || 1
    const context = this.#canvas.getContext('2d')!
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const width = this.#canvas.width / ratio
    const height = this.#canvas.height / ratio
    const box = {
      x: GUTTER.left,
      y: GUTTER.top,
      w: width - GUTTER.left - GUTTER.right,
      h: height - GUTTER.top - GUTTER.bottom,
    }
    context.clearRect(0, 0, width, height)
    context.fillStyle = 'rgb(5 6 18)'
    context.fillRect(box.x, box.y, box.w, box.h)
    if (this.#bins > 0) {
      const older = WIDTH - this.#head
      const split = (older / WIDTH) * box.w
      context.drawImage(this.#history, this.#head, 0, older, this.#bins, box.x, box.y, split, box.h)
      if (this.#head > 0) {
        context.drawImage(this.#history, 0, 0, this.#head, this.#bins, box.x + split, box.y, box.w - split, box.h)
      }
    }
    this.#axes(context, box)
  }

  #axes(context: CanvasRenderingContext2D, box: { x: number; y: number; w: number; h: number }): void {
    const y = (hz: number) => Math.round(box.y + box.h * (1 - hz / TOP_HZ)) + 0.5
    context.lineWidth = 1
    context.strokeStyle = GUIDE
    context.setLineDash([2, 5])
    for (const hz of DTMF_HZ) line(context, box.x, y(hz), box.x + box.w, y(hz))
    context.setLineDash([])
    context.font = '11px system-ui, sans-serif'
    context.fillStyle = INK
    context.strokeStyle = FAINT
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    for (let khz = 0; khz <= 4; khz++) {
      context.fillText(khz === 0 ? '0' : `${khz} kHz`, box.x - 6, y(khz * 1000))
      line(context, box.x - 3, y(khz * 1000), box.x, y(khz * 1000))
    }
    context.textBaseline = 'top'
    const step = box.w < 320 ? 5 : 2
    for (let s = 0; s <= SECONDS; s += step) {
      const x = Math.round(box.x + box.w * (1 - s / SECONDS)) + 0.5
      context.textAlign = s === 0 ? 'right' : 'center'
      context.fillText(s === 0 ? 'now' : `−${s} s`, s === 0 ? x + 6 : x, box.y + box.h + 7)
      line(context, x, box.y + box.h, x, box.y + box.h + 4)
    }
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.w + 1, box.h + 1)
  }
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}
