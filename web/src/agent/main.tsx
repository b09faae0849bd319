import { Call } from '../lib/call'
import { HangUpIcon, HeadsetIcon, MicIcon, MicOffIcon } from '../ui/icons'
import { Gate } from '../ui/gate'
import { OwnState, Parties, Troubles } from '../ui/incall'
import { mount } from '../ui/mount'
import { Meter, Notice, Scope, Shell } from '../ui/parts'
import { useElapsed } from '../ui/clock'
import { duration, maskingWords } from '../ui/words'
import { Payment } from './payment'
import { Transfer } from './transfer'
import { Recorded } from './recorded'
import { transferWords } from './words'
import './agent.css'

const call = new Call('agent')

function Page() {
  return (
    <Gate
      call={call}
      where="Agent’s desktop"
      icon={<HeadsetIcon />}
      title="Join as the agent"
      text="Talk to the customer and take a payment. You will never hear or see a key the customer presses."
      voice
      join={(microphone) => call.join({ microphone })}
    >
      <InCall />
    </Gate>
  )
}

function InCall() {
  const elapsed = useElapsed(call.connectedAt.value)
  const muted = call.muted.value
  const watches = call.leg?.role === 'supervisor'
  const masking = transferWords(call.transfer.value, watches) ?? maskingWords(call.masking.value)
  return (
    <Shell where="Agent’s desktop" end={<OwnState call={call} />}>
      <main class="page">
        <section class="card call-header" aria-labelledby="call-title">
          <div>
            <h1 id="call-title">{watches ? 'Call of customer and agent' : 'Call with the customer'}</h1>
            <p class="muted tabular">{call.connectedAt.value === undefined ? 'Connecting…' : duration(elapsed)}</p>
          </div>
          <div class="row">
            <Transfer call={call} />
            <button type="button" class="button" aria-pressed={muted} data-testid="mute" onClick={() => call.toggleMute()}>
              {muted ? <MicOffIcon /> : <MicIcon />} {muted ? 'Unmute' : 'Mute'}
            </button>
            <button type="button" class="button danger" data-testid="hangup" onClick={() => call.leg?.leave()}>
              <HangUpIcon /> Leave
            </button>
          </div>
          <Parties call={call} hold={call.leg?.grants.includes('hold') ?? false} />
          <Recorded call={call} />
        </section>
        <Troubles call={call} />
        <Notice tone={masking.tone} title={masking.title} live="polite" testid="masking">
          {masking.text}
        </Notice>
        <div class="agent-grid">
          <Payment call={call} />
          <section class="card stack" aria-labelledby="heard">
            <h2 id="heard">What you hear</h2>
            {call.demonstration.value ? (
              <Scope
                label="what the agent hears"
                feed={(push) => {
                  call.onColumns = push
                }}
                blank={call.level.value === undefined ? 'Waiting for audio…' : undefined}
              />
            ) : (
              <p class="small muted">Spectrograms are drawn in demonstration calls only.</p>
            )}
            <Meter label="Level" level={call.level.value} />
          </section>
        </div>
      </main>
    </Shell>
  )
}

mount(<Page />)
