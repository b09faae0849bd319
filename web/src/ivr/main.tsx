import { useSignal } from '@preact/signals'
import { Call } from '../lib/call'
import { CardIcon, HangUpIcon, SpeakerIcon } from '../ui/icons'
import { Gate } from '../ui/gate'
import { OwnState, Parties, Troubles } from '../ui/incall'
import { mount } from '../ui/mount'
import { Meter, Notice, Scope, Shell } from '../ui/parts'
import { useElapsed } from '../ui/clock'
import { duration } from '../ui/words'
import './ivr.css'

const call = new Call('ivr')
// An open loudspeaker would feed the customer's voice into the other tabs'
// microphones, so listening is asked for. The element plays on, silently.
call.audio.muted = true

function Page() {
  return (
    <Gate
      call={call}
      where="Payment IVR"
      icon={<CardIcon />}
      title="Join as the payment IVR"
      text="This tab stands in for the payment provider’s IVR and shows what reaches it: the customer’s keys as clean tones."
      voice={false}
      // Without named events the server plays each key as a tone.
      join={() => call.join({ microphone: false, telephoneEvent: false })}
    >
      <InCall />
    </Gate>
  )
}

function InCall() {
  const listening = useSignal(false)
  const elapsed = useElapsed(call.connectedAt.value)
  return (
    <Shell where="Payment IVR" end={<OwnState call={call} />}>
      <main class="page">
        <div class="row apart">
          <div>
            <h1>What the IVR hears</h1>
            <p class="muted tabular">
              In the call for <span>{duration(elapsed)}</span>
            </p>
          </div>
          <div class="row">
            <button
              type="button"
              class="button"
              aria-pressed={listening.value}
              onClick={() => {
                listening.value = !listening.value
                call.audio.muted = !listening.value
              }}
            >
              <SpeakerIcon /> {listening.value ? 'Stop listening' : 'Listen'}
            </button>
            <button type="button" class="button danger" data-testid="hangup" onClick={() => call.leg?.leave()}>
              <HangUpIcon /> Leave
            </button>
          </div>
        </div>
        <Troubles call={call} />
        <Parties call={call} />
        <Notice tone="info" title="Every key arrives here intact" testid="masking">
          The payment IVR is the one party that hears the customer’s tones. While a secure capture runs, it hears the customer alone.
        </Notice>
        <section class="card stack" aria-labelledby="heard">
          <h2 id="heard">Received audio</h2>
          {call.demonstration.value ? (
            <Scope
              label="what the IVR hears"
              feed={(push) => {
                call.onColumns = push
              }}
              blank={call.level.value === undefined ? 'Waiting for audio…' : undefined}
            />
          ) : (
            <p class="muted">Spectrograms are drawn in demonstration calls only.</p>
          )}
          <Meter label="Level" level={call.level.value} />
        </section>
      </main>
    </Shell>
  )
}

mount(<Page />)
