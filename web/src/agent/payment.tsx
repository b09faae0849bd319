import { useSignal } from '@preact/signals'
import type { Capture, CaptureField, MaskMode } from '../../sdk/tonegate'
import type { Call } from '../lib/call'
import { CardIcon } from '../ui/icons'
import { Badge } from '../ui/parts'
import { CAPTURE_STATE, fieldName } from '../ui/words'

const MASKS: { mode: MaskMode; name: string; text: string }[] = [
  { mode: 'field', name: 'Pause while keying', text: 'The customer’s voice pauses from the first key to the end of the field.' },
  { mode: 'strip', name: 'Keep talking', text: 'Speech goes on; each tone is cut out of it.' },
  { mode: 'mute', name: 'Mute the customer', text: 'Nothing of the customer is heard until the capture ends.' },
]

const RUNNING = new Set<Capture['state']>(['arming', 'collecting', 'submitting'])

/** Starts a secure capture and follows it; it knows counts, never keys. */
export function Payment({ call }: { call: Call }) {
  const busy = useSignal(false)
  const mask = useSignal<MaskMode>('field')
  const capture = call.capture.value
  const running = capture !== null && RUNNING.has(capture.state)
  const allowed = call.leg?.grants.includes('capture') ?? false

  async function run(command: () => Promise<unknown>) {
    if (busy.value) return
    busy.value = true
    call.notice.value = null
    await command().catch((error: unknown) => (call.notice.value = error))
    busy.value = false
  }

  return (
    <section class="card stack payment" aria-labelledby="payment">
      <div class="row apart">
        <h2 id="payment">Payment</h2>
        {capture && (
          <Badge tone={CAPTURE_STATE[capture.state][1]} data-testid="capture-state">
            {CAPTURE_STATE[capture.state][0]}
          </Badge>
        )}
      </div>
      {capture ? (
        <Progress capture={capture} running={running} />
      ) : (
        <p class="muted">Ask the customer to have the card ready. They key it in on their phone; it goes straight to the payment IVR.</p>
      )}
      {running ? (
        <div class="row">
          <button
            type="button"
            class="button primary"
            data-testid="complete-capture"
            aria-disabled={busy.value}
            onClick={() => void run(() => call.leg!.completeCapture())}
          >
            Complete
          </button>
          <button
            type="button"
            class="button danger"
            data-testid="cancel-capture"
            aria-disabled={busy.value}
            onClick={() => void run(() => call.leg!.cancelCapture())}
          >
            Cancel capture
          </button>
        </div>
      ) : (
        <>
          <fieldset class="choices" disabled={!allowed}>
            <legend>While the customer keys</legend>
            {MASKS.map(({ mode, name, text }) => (
              <label class="choice" key={mode}>
                <input
                  type="radio"
                  name="mask"
                  value={mode}
                  data-testid={`mask-${mode}`}
                  checked={mask.value === mode}
                  onChange={() => (mask.value = mode)}
                />
                <span>
                  <span class="name">{name}</span>
                  <span class="small muted">{text}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <button
            type="button"
            class="button primary large"
            data-testid="take-payment"
            disabled={!allowed}
            aria-disabled={busy.value}
            onClick={() => void run(() => call.leg!.startCapture({ mask: mask.value }))}
          >
            <CardIcon /> {busy.value ? 'Arming the mask…' : capture ? 'Take another payment' : 'Take payment'}
          </button>
          {!allowed && <p class="small muted">This link does not allow taking payments.</p>}
        </>
      )}
      <p class="sr-only" role="status" data-testid="announce">
        {capture ? announce(capture) : ''}
      </p>
    </section>
  )
}

function Progress({ capture, running }: { capture: Capture; running: boolean }) {
  return (
    <dl class="captured" data-testid="bullets">
      {capture.fields.map((field) => (
        <div key={field.name} class={`captured-field ${running ? 'running' : ''}`}>
          <dt class="small muted">{fieldName(field.name)}</dt>
          <dd>
            <span class="bullets" aria-hidden="true">
              {bullets(field)}
            </span>
            <span class="small muted tabular count">{count(field)}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

/**
 * Bullets made here from the count. The server's own `masked` may end in the
 * last four of a finished card; this page shows no digit of any kind.
 */
const bullets = (field: CaptureField): string =>
  field.digitsEntered === 0 ? '' : '•'.repeat(Math.min(64, field.digitsEntered)).replace(/(.{4})(?=.)/gu, '$1 ')

const count = (field: CaptureField): string =>
  field.digitsEntered === 0 ? 'Nothing keyed yet' : field.digitsEntered === 1 ? '1 key' : `${field.digitsEntered} keys`

function announce(capture: Capture): string {
  const fields = capture.fields.map((f) => `${fieldName(f.name)}: ${count(f)}`).join(', ')
  return `${CAPTURE_STATE[capture.state][0]}. ${fields}`
}
