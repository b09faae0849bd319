import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { TonegateError } from '../../sdk/tonegate'
import type { Call } from '../lib/call'
import { advise } from '../lib/problem'
import { HangUpIcon, LinkIcon, WarnIcon } from './icons'
import { Fault, Shell } from './parts'
import { duration } from './words'

interface Props {
  call: Call
  /** Name of the page in the header. */
  where: string
  icon: ComponentChildren
  title: string
  text: string
  /** Whether to ask for the microphone. */
  voice: boolean
  join: (microphone: boolean) => Promise<void>
  children: ComponentChildren
}

/** Everything before and after the call: link, join button, refusal, end. */
export function Gate(props: Props) {
  const phase = props.call.phase.value
  if (phase.kind === 'call') return <>{props.children}</>
  return (
    <Shell where={props.where}>
      <main class="page centred">
        <section class="card stack">{content(props)}</section>
      </main>
    </Shell>
  )
}

function content(props: Props) {
  const phase = props.call.phase.value
  switch (phase.kind) {
    case 'no-link':
      return (
        <>
          <span class="hero-icon">
            <LinkIcon />
          </span>
          <h1>Open this page from its link</h1>
          <p class="muted">
            It joins a call with a one-time link, which the console makes when a call is started. Without one there is nothing to join.
          </p>
          <p>
            <a class="button" href="/">
              Go to the console
            </a>
          </p>
        </>
      )
    case 'exchanging':
      return (
        <div class="row" role="status">
          <span class="spinner" />
          <h1>Checking the link…</h1>
        </div>
      )
    case 'bad-link': {
      const { title, remedy } = advise(phase.error)
      return (
        <div class="stack" role="alert">
          <span class="hero-icon bad">
            <WarnIcon />
          </span>
          <h1>{title}</h1>
          <p class="muted">{remedy}</p>
          <p>
            <a class="button" href="/">
              Go to the console
            </a>
          </p>
        </div>
      )
    }
    case 'over':
      return <Over {...props} />
    case 'ready':
    case 'joining':
    case 'refused':
      return <Invitation {...props} />
    default:
      return null
  }
}

function Invitation({ call, icon, title, text, voice, join }: Props) {
  const phase = call.phase.value
  const microphone = useSignal(true)
  const button = useRef<HTMLButtonElement>(null)
  const joining = phase.kind === 'joining'
  // Joining is what the page is for: one press of Enter does it.
  useEffect(() => button.current?.focus(), [])
  // After a refused microphone the way on is without one.
  useSignalEffect(() => {
    const now = call.phase.value
    if (now.kind === 'refused' && now.error instanceof TonegateError && now.error.code.startsWith('microphone_')) {
      microphone.value = false
    }
  })
  return (
    <>
      <span class="hero-icon">{icon}</span>
      <h1>{title}</h1>
      <p class="muted">{text}</p>
      {phase.kind === 'refused' && <Fault error={phase.error} />}
      {voice && (
        <label class="choice">
          <input type="checkbox" checked={microphone.value} disabled={joining} onChange={(e) => (microphone.value = e.currentTarget.checked)} />
          <span>
            <span class="name">Use the microphone</span>
            <span class="small muted">With several tabs on one computer, wear headphones or keep it for one of them.</span>
          </span>
        </label>
      )}
      <button
        ref={button}
        type="button"
        class="button primary large wide"
        data-testid="join"
        aria-disabled={joining}
        onClick={() => {
          if (!joining) void join(voice && microphone.value)
        }}
      >
        {joining ? 'Joining…' : phase.kind === 'refused' && voice && !microphone.value ? 'Join without a microphone' : 'Join the call'}
      </button>
      <p class="small muted" role="status">
        {joining && voice && microphone.value ? 'If the browser asks for the microphone, allow it.' : ''}
      </p>
    </>
  )
}

const ENDINGS: Record<string, string> = {
  ended: 'The call was ended for everybody.',
  left: 'You left the call.',
  removed: 'You were taken off the call.',
  agent_lost: 'The agent could not be brought back in time. Please call again.',
}

function Over({ call }: Props) {
  const phase = call.phase.value
  if (phase.kind !== 'over') return null
  const failed = phase.state === 'failed'
  const advice = failed ? advise(phase.detail.error) : undefined
  return (
    <div class="stack" role={failed ? 'alert' : 'status'}>
      <span class={`hero-icon ${failed ? 'bad' : ''}`}>{failed ? <WarnIcon /> : <HangUpIcon />}</span>
      <h1>{advice?.title ?? 'Call ended'}</h1>
      <p class="muted">{advice?.remedy ?? ENDINGS[phase.detail.reason ?? ''] ?? 'The call is over.'}</p>
      {phase.lasted > 0 && <p class="small muted tabular">It lasted {duration(phase.lasted)}.</p>}
      <p class="small muted">You can close this tab.</p>
    </div>
  )
}
