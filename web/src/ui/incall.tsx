import type { Call } from '../lib/call'
import { Badge, Fault, Notice } from './parts'
import { PauseIcon } from './icons'
import { LEG_STATE, OWN_STATE, ROLE } from './words'

/** This page's own connection. */
export function OwnState({ call }: { call: Call }) {
  const [words, tone] = OWN_STATE[call.state.value]
  return (
    <Badge tone={tone} role="status" data-testid="own-state">
      {words}
    </Badge>
  )
}

/** Who is on the call and how they are; with `hold`, each with a button to put them on hold. */
export function Parties({ call, hold = false }: { call: Call; hold?: boolean }) {
  return (
    <ul class="row parties" aria-label="On this call">
      {call.legs.value.map((leg) => {
        const own = leg.legId === call.leg?.id
        // This page knows of its own trouble before the server does.
        const [words, tone] = own ? OWN_STATE[call.state.value] : LEG_STATE[leg.state]
        return (
          <li key={leg.legId} class="row party">
            <span class="small">{own ? 'You' : ROLE[leg.role]}</span>
            <Badge tone={tone} data-testid={`leg-state-${leg.role}`}>
              {words}
            </Badge>
            {leg.onHold && (
              <Badge tone="warn" data-testid={`on-hold-${leg.role}`}>
                On hold
              </Badge>
            )}
            {hold && leg.state !== 'left' && leg.state !== 'invited' && (
              <button
                type="button"
                class="button quiet hold"
                data-testid={`hold-${leg.role}`}
                aria-pressed={leg.onHold}
                aria-label={`Hold ${own ? 'yourself' : ROLE[leg.role]}`}
                title={leg.onHold ? 'Take off hold' : 'Put on hold: hears music, and nobody hears them'}
                onClick={() => call.leg?.hold(!leg.onHold, leg.legId)}
              >
                <PauseIcon />
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** What is being repaired, and what was refused last. */
export function Troubles({ call }: { call: Call }) {
  return (
    <>
      {call.state.value === 'reconnecting' && (
        <Notice tone="warn" title="Reconnecting…" live="polite">
          The call goes on as soon as the network does. There is nothing you need to do.
        </Notice>
      )}
      {call.notice.value ? (
        <Fault
          error={call.notice.value}
          action={
            <button type="button" class="button quiet" onClick={() => (call.notice.value = null)}>
              Dismiss
            </button>
          }
        />
      ) : null}
    </>
  )
}
