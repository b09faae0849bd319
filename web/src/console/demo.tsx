import { signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { TonegateError } from '../../sdk/tonegate'
import type { Role } from '../../sdk/tonegate'
import { onBus } from '../audio/bus'
import { CardIcon, HangUpIcon, HeadsetIcon, OpenIcon, PhoneIcon } from '../ui/icons'
import { Badge, Fault, Meter, Notice, Scope } from '../ui/parts'
import { LEG_STATE } from '../ui/words'
import { type Conference, type DemoLink, type Demonstration, conference, endConference, newCode, startDemonstration } from './api'

type Ivr = 'browser' | 'builtin'

/** The running demonstration survives a reload of the console's tab. */
const SLOT = 'tonegate.demonstration'
const stored = sessionStorage.getItem(SLOT)
const demo = signal<(Demonstration & { ivr: Ivr }) | null>(stored ? JSON.parse(stored) : null)
const seen = signal<Conference | null>(null)
const fault = signal<unknown>(null)

function keep(value: (Demonstration & { ivr: Ivr }) | null): void {
  demo.value = value
  if (value) sessionStorage.setItem(SLOT, JSON.stringify(value))
  else sessionStorage.removeItem(SLOT)
}

export function Demo() {
  const ended = seen.value?.state === 'ended'
  return (
    <section class="stack" aria-labelledby="demo">
      <div class="row apart">
        <h1 id="demo">Demonstration call</h1>
        {demo.value && !ended && (
          <button type="button" class="button danger" data-testid="end-call" onClick={() => void end()}>
            <HangUpIcon /> End the call
          </button>
        )}
      </div>
      {fault.value ? <Fault error={fault.value} /> : null}
      {demo.value && ended && (
        <Notice
          tone="plain"
          title="The call has ended"
          live="polite"
          action={
            <button type="button" class="button" onClick={clear}>
              Start another
            </button>
          }
        >
          Its tabs can be closed.
        </Notice>
      )}
      {demo.value ? <Running key={demo.value.conference_id} ended={ended} /> : <Start />}
    </section>
  )
}

function clear(): void {
  keep(null)
  seen.value = null
  fault.value = null
}

async function end(): Promise<void> {
  try {
    seen.value = await endConference(demo.value!.conference_id)
    fault.value = null
  } catch (error) {
    fault.value = error
  }
}

const IVRS: { ivr: Ivr; name: string; text: string }[] = [
  { ivr: 'browser', name: 'Browser tab', text: 'A third tab stands in for the payment IVR, so that you see what it hears.' },
  { ivr: 'builtin', name: 'Built-in voice IVR', text: 'Tonegate’s own IVR asks the customer for each field of the card, checks it, and sends it to the payment provider, if one is set up.' },
]

function Start() {
  const ivr = useSignal<Ivr>('browser')
  const busy = useSignal(false)
  async function start() {
    if (busy.value) return
    busy.value = true
    fault.value = null
    try {
      keep({ ...(await startDemonstration(ivr.value)), ivr: ivr.value })
    } catch (error) {
      fault.value = error
    }
    busy.value = false
  }
  return (
    <div class="card start">
      <div class="stack">
        <p class="lead">Put a customer, an agent and a payment IVR on one call, key a card number in, and compare what the agent and the IVR hear.</p>
        <fieldset class="choices two">
          <legend>Payment IVR</legend>
          {IVRS.map((option) => (
            <label class="choice" key={option.ivr}>
              <input
                type="radio"
                name="ivr"
                data-testid={`ivr-${option.ivr}`}
                checked={ivr.value === option.ivr}
                onChange={() => (ivr.value = option.ivr)}
              />
              <span>
                <span class="name">{option.name}</span>
                <span class="small muted">{option.text}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div>
          <button type="button" class="button primary large" data-testid="start-demo" aria-disabled={busy.value} onClick={() => void start()}>
            <PhoneIcon /> {busy.value ? 'Starting…' : 'Start a demonstration call'}
          </button>
        </div>
      </div>
    </div>
  )
}

function Running({ ended }: { ended: boolean }) {
  const { conference_id: id, links, ivr } = demo.value!
  useEffect(() => {
    let stopped = false
    let timer: ReturnType<typeof setTimeout>
    const poll = async () => {
      try {
        const now = await conference(id)
        if (stopped) return
        seen.value = now
        if (fault.value instanceof TonegateError && fault.value.code === 'network') fault.value = null
        if (now.state === 'ended') return
      } catch (error) {
        if (stopped) return
        // A call that is no longer known is over; anything else may pass.
        if (error instanceof TonegateError && /not_found|http_404/.test(error.code)) return clear()
        fault.value = error
      }
      timer = setTimeout(() => void poll(), 1000)
    }
    void poll()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [id])
  const link = (role: Role) => links.find((l) => l.role === role)
  return (
    <>
      <div class="legs">
        <LegCard role="customer" icon={<PhoneIcon />} name="Customer’s phone" testid="open-phone" link={link('customer')} ended={ended}>
          A keypad and a voice.
        </LegCard>
        <LegCard role="agent" icon={<HeadsetIcon />} name="Agent’s desktop" testid="open-agent" link={link('agent')} ended={ended}>
          Takes the payment, hears no key.
        </LegCard>
        <LegCard role="ivr" icon={<CardIcon />} name="Payment IVR" testid="open-ivr" link={ivr === 'browser' ? link('ivr') : undefined} ended={ended}>
          {ivr === 'browser' ? 'Hears every key.' : 'Built in: it joins by itself and asks the customer for each field.'}
        </LegCard>
      </div>
      <div class="scopes">
        <Heard conferenceId={id} ended={ended} role="agent" title="What the agent hears" waiting="Open the agent’s desktop and join to see what the agent hears." />
        {ivr === 'browser' ? (
          <Heard conferenceId={id} ended={ended} role="ivr" title="What the IVR hears" waiting="Open the payment IVR and join to see what it hears." />
        ) : (
          <Heard conferenceId={id} ended={ended} role="customer" title="What the customer hears" waiting="Open the customer’s phone and join to see what the customer hears." />
        )}
      </div>
    </>
  )
}

function LegCard(props: {
  role: Role
  icon: ComponentChildren
  name: string
  testid: string
  link: DemoLink | undefined
  ended: boolean
  children: ComponentChildren
}) {
  const used = useSignal(false)
  const { link } = props
  const leg = seen.value?.legs.find((l) => l.role === props.role)
  const [words, tone] = LEG_STATE[leg?.state ?? 'invited']
  const inCall = leg?.state === 'joining' || leg?.state === 'connected' || leg?.state === 'reconnecting'

  async function open() {
    if (!link) return
    fault.value = null
    try {
      const code = used.value || leg?.state === 'left' ? (await newCode(link.leg_id)).code : link.code
      // In a group of its own: the tabs share nothing but this origin.
      window.open(`${link.path}#${encodeURIComponent(code)}`, '_blank', 'noopener')
      used.value = true
    } catch (error) {
      fault.value =
        error instanceof TonegateError && /not_found|http_40[45]/.test(error.code)
          ? new TonegateError('no_second_link', 'The server gives out one link per leg.')
          : error
    }
  }

  return (
    <article class="card leg-card" aria-label={props.name}>
      <div class="row apart">
        <span class="hero-icon">{props.icon}</span>
        <Badge tone={tone} data-testid={`leg-state-${props.role}`}>
          {words}
        </Badge>
      </div>
      <div>
        <h2>{props.name}</h2>
        <p class="small muted">{props.children}</p>
      </div>
      {link && (
        <button
          type="button"
          class={`button wide ${used.value || inCall ? '' : 'primary'}`}
          data-testid={props.testid}
          disabled={props.ended || inCall}
          onClick={() => void open()}
        >
          <OpenIcon /> {inCall ? 'Tab is open' : used.value ? 'Open again' : 'Open in a new tab'}
        </button>
      )}
    </article>
  )
}

const QUIET_MS = 2000

/** What another tab hears, as that tab reports it. */
function Heard(props: { conferenceId: string; ended: boolean; role: Role; title: string; waiting: string }) {
  const waiting = props.ended ? 'Nobody is on this call any more.' : props.waiting
  const level = useSignal<number | undefined>(undefined)
  const id = `heard-${props.role}`
  return (
    <section class="card stack" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      <Scope
        label={props.title.toLowerCase()}
        blank={level.value === undefined ? waiting : undefined}
        feed={(push) => {
          let quiet: ReturnType<typeof setTimeout>
          const undo = onBus((message) => {
            if (message.conferenceId !== props.conferenceId || message.role !== props.role) return
            push(message)
            level.value = message.level
            clearTimeout(quiet)
            quiet = setTimeout(() => (level.value = undefined), QUIET_MS)
          })
          return () => {
            clearTimeout(quiet)
            undo()
          }
        }}
      />
      <Meter label="Level" level={level.value} />
    </section>
  )
}
