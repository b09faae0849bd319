import { signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { TonegateError } from '../../sdk/tonegate'
import { GAP_MS, Voice } from '../audio/keytones'
import { Call } from '../lib/call'
import { BackIcon, HangUpIcon, MicIcon, MicOffIcon, PhoneIcon } from '../ui/icons'
import { Gate } from '../ui/gate'
import { OwnState, Troubles } from '../ui/incall'
import { mount } from '../ui/mount'
import { Meter, Scope, Shell } from '../ui/parts'
import { useElapsed } from '../ui/clock'
import { duration } from '../ui/words'
import { Keypad, type SendAs } from './keypad'
import './phone.css'

const KEY_MS = 100

const call = new Call('customer')
const sendAs = signal<SendAs>('event')
/** The keys pressed here: this is the customer's own screen, like any phone. */
const pressed = signal('')
let voice: Voice | undefined

async function join(microphone: boolean): Promise<void> {
  voice?.close()
  voice = new Voice()
  const failed = microphone ? await voice.openMicrophone().then(() => undefined, microphoneError) : undefined
  if (failed) {
    voice.close()
    call.phase.value = { kind: 'refused', error: failed }
    return
  }
  await call.join({ microphone: voice.stream })
}

function microphoneError(cause: Error): TonegateError {
  const code = { NotFoundError: 'microphone_missing', NotReadableError: 'microphone_busy', SecurityError: 'microphone_insecure' }[cause.name]
  return new TonegateError(code ?? 'microphone_denied', 'The microphone could not be opened.')
}

function press(key: string): void {
  if (call.phase.value.kind !== 'call') return
  pressed.value = (pressed.value + key).slice(-32)
  const event = () => call.leg?.sendDigits(key, { duration: KEY_MS }).catch((error: unknown) => (call.notice.value = error))
  if (sendAs.value === 'event') return void event()
  // Browsers stop the voice while they send an event, so the two cannot overlap
  // without cutting the tone to pieces: the event follows the tone, and the next
  // tone the event.
  if (sendAs.value === 'both') return voice?.play(key, KEY_MS, GAP_MS + KEY_MS + GAP_MS, event)
  voice?.play(key, KEY_MS)
}

function Page() {
  return (
    <Gate
      call={call}
      where="Customer’s phone"
      icon={<PhoneIcon />}
      title="Join as the customer"
      text="This tab is the customer’s phone: talk to the agent, and key in digits when asked to."
      voice
      join={join}
    >
      <InCall />
    </Gate>
  )
}

function InCall() {
  const elapsed = useElapsed(call.connectedAt.value)
  const muted = call.muted.value
  useEffect(
    () =>
      call.phase.subscribe((phase) => {
        if (phase.kind === 'over') voice?.close()
      }),
    [],
  )
  return (
    <Shell where="Customer’s phone" end={<OwnState call={call} />}>
      <main class="page phone-page">
        <Troubles call={call} />
        <div class="phone-layout">
          <section class="handset" aria-label="Phone">
            <header class="caller">
              <h1>Contact centre</h1>
              <p class="tabular timer" data-testid="timer">
                {call.connectedAt.value === undefined ? 'Connecting…' : duration(elapsed)}
              </p>
            </header>
            <Entered />
            <Keypad onPress={press} />
            <div class="call-controls">
              <button type="button" class="round" aria-pressed={muted} data-testid="mute" onClick={() => call.toggleMute()}>
                {muted ? <MicOffIcon /> : <MicIcon />}
                <span>{muted ? 'Unmute' : 'Mute'}</span>
              </button>
              <button type="button" class="round end" data-testid="hangup" onClick={() => call.leg?.leave()}>
                <HangUpIcon />
                <span>Hang up</span>
              </button>
            </div>
          </section>
          <aside class="stack phone-side">
            <section class="card stack">
              <h2>What the customer hears</h2>
              <Meter label="Level" level={call.level.value} />
              {call.demonstration.value && (
                <Scope
                  label="what the customer hears"
                  feed={(push) => {
                    call.onColumns = push
                  }}
                  blank={call.level.value === undefined ? 'Waiting for audio…' : undefined}
                />
              )}
            </section>
            <section class="card stack">
              <fieldset>
                <legend>
                  <h2>Send keys as</h2>
                </legend>
                <div class="segments">
                  {(['event', 'voice', 'both'] as const).map((value) => (
                    <label key={value}>
                      <input
                        type="radio"
                        name="send-as"
                        class="sr-only"
                        data-testid={`send-as-${value}`}
                        checked={sendAs.value === value}
                        onChange={() => (sendAs.value = value)}
                      />
                      {{ event: 'Event', voice: 'Tone in voice', both: 'Both' }[value]}
                    </label>
                  ))}
                </div>
              </fieldset>
              <p class="small muted">{SEND_AS_TEXT[sendAs.value]}</p>
              {muted && sendAs.value !== 'event' && (
                <p class="small warn-text">You are muted: tones in the voice go nowhere until you unmute.</p>
              )}
            </section>
          </aside>
        </div>
      </main>
    </Shell>
  )
}

const SEND_AS_TEXT: Record<SendAs, string> = {
  event: 'Keys travel beside the voice as named events (RFC 4733), as from most IP phones and mobiles.',
  voice: 'Keys are mixed into the voice as two sine tones, as from an analogue line.',
  both: 'Keys travel both ways, a tone and then its event, as some gateways send them. The IVR still gets each key once.',
}

function Entered() {
  const box = useRef<HTMLDivElement>(null)
  const shown = useSignal(true)
  const keys = pressed.value
  useEffect(() => {
    if (box.current) box.current.scrollLeft = box.current.scrollWidth
  }, [keys])
  return (
    <div class="entered">
      <div ref={box} class="entered-keys tabular" data-testid="pressed" aria-label="Keys you pressed" role="group">
        {keys === '' ? <span class="hint">Press or type keys</span> : shown.value ? keys : '•'.repeat(keys.length)}
      </div>
      {keys !== '' && (
        <>
          <button type="button" class="button quiet small" aria-pressed={!shown.value} onClick={() => (shown.value = !shown.value)}>
            {shown.value ? 'Hide' : 'Show'}
          </button>
          <button type="button" class="button quiet" aria-label="Clear the display" onClick={() => (pressed.value = '')}>
            <BackIcon />
          </button>
        </>
      )}
    </div>
  )
}

mount(<Page />)
