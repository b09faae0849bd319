import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Capture } from '../../sdk/tonegate'
import type { Call } from '../lib/call'
import { CardIcon } from '../ui/icons'
import { Badge, Notice } from '../ui/parts'
import { useShortcut } from '../ui/shortcut'
import { CAPTURE_STATE } from '../ui/words'
import { Fields } from './fields'
import { Listen, mutes } from './listen'
import { Choices, Setup } from './setup'
import { news, outcome } from './words'

const RUNNING = new Set<Capture['state']>(['arming', 'collecting', 'submitting'])

/** Takes a payment and follows it, field by field; it knows counts, never keys. */
export function Payment({ call }: { call: Call }) {
  const setup = useMemo(() => new Setup(call), [call])
  const busy = useSignal(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const capture = call.capture.value
  const running = capture !== null && RUNNING.has(capture.state)
  const collecting = capture?.state === 'collecting'
  const allowed = call.leg?.grants.includes('capture') ?? false
  const watches = call.leg?.role === 'supervisor'

  async function run(command: () => Promise<unknown>) {
    if (busy.value || !allowed) return
    busy.value = true
    call.notice.value = null
    await command().catch((error: unknown) => (call.notice.value = error))
    busy.value = false
  }
  const start = () => !running && setup.complete.value && void run(() => call.leg!.startCapture(setup.options()))
  const redo = (field: string) => collecting && void run(() => call.leg!.retryField(field))
  const complete = () => collecting && !capture.connector && void run(() => call.leg!.completeCapture())
  const cancel = () => collecting && void run(() => call.leg!.cancelCapture())

  useShortcut(/^(Key[PEC]|Digit[1-8])$/, (code) => {
    if (code === 'KeyP') start()
    if (code === 'KeyE') complete()
    if (code === 'KeyC') cancel()
    const field = capture?.fields[Number(code.replace(/^Digit/, '')) - 1]
    if (field) redo(field.name)
  })
  // The button that was pressed is gone with the state it belonged to: those
  // who work by keyboard go on from the panel's heading, not from the page's top.
  useEffect(() => {
    if (capture && allowed && document.activeElement === document.body) heading.current?.focus()
  }, [running])

  const end = capture && outcome(capture)
  return (
    <section class="card stack payment" aria-labelledby="payment">
      <div class="row apart">
        <h2 id="payment" ref={heading} tabIndex={-1}>
          Payment
        </h2>
        {capture && (
          <Badge tone={CAPTURE_STATE[capture.state][1]} data-testid="capture-state">
            {CAPTURE_STATE[capture.state][0]}
          </Badge>
        )}
      </div>
      {capture ? (
        <Fields capture={capture} redo={!allowed || !running ? 'no' : collecting ? 'yes' : 'not-now'} onRedo={redo} statesOnly={watches} />
      ) : (
        <p class="muted">
          {watches
            ? 'No payment is being taken. When one is, you see the state of each field.'
            : 'Ask the customer to have the card ready. They key it in on their phone; it goes straight to the payment IVR.'}
        </p>
      )}
      {end && (
        <Notice tone={end.tone} title={end.title} testid="outcome">
          {end.text}
        </Notice>
      )}
      {running && !watches && mutes(call) && <Listen call={call} />}
      {running && allowed && (
        <div class="row">
          {!capture.connector && (
            <button type="button" class="button primary" data-testid="complete-capture" aria-keyshortcuts="Alt+Shift+E" aria-disabled={busy.value || !collecting} onClick={complete}>
              Complete
            </button>
          )}
          <button type="button" class="button danger" data-testid="cancel-capture" aria-keyshortcuts="Alt+Shift+C" aria-disabled={busy.value || !collecting} onClick={cancel}>
            Cancel capture
          </button>
        </div>
      )}
      {!running && !watches && (
        <>
          <Choices setup={setup} disabled={!allowed} />
          <button
            type="button"
            class="button primary large"
            data-testid="take-payment"
            disabled={!allowed}
            aria-keyshortcuts="Alt+Shift+P"
            aria-disabled={busy.value || !setup.complete.value}
            onClick={start}
          >
            <CardIcon /> {busy.value ? 'Arming the mask…' : capture ? 'Take another payment' : 'Take payment'}
          </button>
          {!allowed && <p class="small muted">This link does not allow taking payments.</p>}
        </>
      )}
      {allowed && <Keys capture={running ? capture : null} listen={mutes(call) && (call.leg?.grants.includes('talk') ?? false)} />}
      <News capture={capture} />
    </section>
  )
}

/** The keys that do something now. */
function Keys({ capture, listen }: { capture: Capture | null; listen: boolean }) {
  const list = capture
    ? [
        ['1', capture.fields.length > 1 ? 'asks for the first field, 2 for the second' : 'asks for the field again'],
        ...(capture.connector ? [] : [['E', 'completes']]),
        ['C', 'cancels'],
        ...(listen ? [['L', 'held: listens']] : []),
      ]
    : [['P', 'takes a payment']]
  return (
    <p class="small muted shortcuts">
      {list.map(([key, what], i) => (
        <span key={key}>
          {i > 0 && '; '}
          <kbd>Alt</kbd> <kbd>Shift</kbd> <kbd>{key}</kbd> {what}
        </span>
      ))}
    </p>
  )
}

/** Counts that have not changed for this long are spoken. */
const REST_MS = 1500

/** Speaks what has changed. */
function News({ capture }: { capture: Capture | null }) {
  const text = useSignal('')
  const before = useRef<Capture | null>(null)
  useEffect(() => {
    if (!capture) return
    const { states, counts } = news(before.current, capture, CAPTURE_STATE[capture.state][0])
    before.current = capture
    if (states) text.value = states
    if (!counts) return
    const rest = setTimeout(() => (text.value = counts), REST_MS)
    return () => clearTimeout(rest)
  }, [capture])
  return (
    <p class="sr-only" role="status" data-testid="announce">
      {text.value}
    </p>
  )
}
