import type { Call } from '../lib/call'
import { Badge, Fault, Notice } from './parts'
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

/** Who is on the call and how they are. */
export function Parties({ call }: { call: Call }) {
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
