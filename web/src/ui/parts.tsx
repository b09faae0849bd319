import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Columns } from '../audio/tap'
import { Painter } from '../audio/painter'
import { advise } from '../lib/problem'
import { InfoIcon, Logo, ShieldIcon, WarnIcon } from './icons'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'plain'

export function Shell({ where, end, children }: { where: string; end?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="shell">
      <header class="topbar">
        <span class="brand">
          <Logo /> <span class="word">Tonegate</span>
        </span>
        <span class="where">{where}</span>
        <div class="end">{end}</div>
      </header>
      {children}
    </div>
  )
}

export function Badge({ tone = 'plain', children, ...rest }: { tone?: Tone; children: ComponentChildren; role?: 'status'; 'data-testid'?: string }) {
  return (
    <span class={`badge ${tone}`} {...rest}>
      {children}
    </span>
  )
}

const NOTICE_ICON = { ok: ShieldIcon, warn: WarnIcon, bad: WarnIcon, info: InfoIcon, plain: InfoIcon }

export function Notice(props: {
  tone: Tone
  title: ComponentChildren
  children?: ComponentChildren
  action?: ComponentChildren
  live?: 'polite' | 'assertive'
  testid?: string
}) {
  const Icon = NOTICE_ICON[props.tone]
  return (
    <div class={`notice ${props.tone}`} role={props.live === 'assertive' ? 'alert' : props.live ? 'status' : undefined} data-testid={props.testid}>
      <Icon />
      <div class="grow">
        <p class="title">{props.title}</p>
        {props.children && <p class="small">{props.children}</p>}
      </div>
      {props.action}
    </div>
  )
}

/** An error as a notice: its fault, its remedy. */
export function Fault({ error, action }: { error: unknown; action?: ComponentChildren }) {
  const { title, remedy } = advise(error)
  return (
    <Notice tone="bad" title={title} live="assertive" action={action}>
      {remedy}
    </Notice>
  )
}

const SILENT_DB = -60

export function Meter({ label, level }: { label: string; level: number | undefined }) {
  const db = Math.max(SILENT_DB, Math.min(0, level ?? SILENT_DB))
  const text = level === undefined ? 'nothing heard yet' : db <= SILENT_DB + 3 ? 'silence' : `${Math.round(db)} decibels full scale`
  return (
    <div class="meter">
      <span class="label">{label}</span>
      <div class="bar" role="meter" aria-label={label} aria-valuemin={SILENT_DB} aria-valuemax={0} aria-valuenow={Math.round(db)} aria-valuetext={text}>
        <div class="fill" style={{ clipPath: `inset(0 ${((db / SILENT_DB) * 100).toFixed(1)}% 0 0)` }} />
      </div>
    </div>
  )
}

/**
 * The picture of what is heard. `feed` is handed the painter's input and
 * returns the undo, so that a local tap and the console's bus look alike.
 */
export function Scope(props: { label: string; feed: (push: (columns: Columns) => void) => (() => void) | void; blank?: ComponentChildren }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const painter = new Painter(canvas.current!)
    const undo = props.feed((columns) => painter.push(columns))
    return () => {
      undo?.()
      painter.dispose()
    }
  }, [])
  return (
    <div class="scope">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Spectrogram of ${props.label}: 0 to 4 kilohertz over the last 10 seconds, with the eight keypad frequencies marked`}
        data-testid="spectrogram"
      />
      {props.blank && (
        <div class="blank">
          <p>{props.blank}</p>
        </div>
      )}
      <p class="legend" aria-hidden="true">
        Dotted lines: the eight keypad frequencies
      </p>
    </div>
  )
}
