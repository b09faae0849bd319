import type { Capture, CaptureField } from '../../sdk/tonegate'
import { CheckIcon, RedoIcon } from '../ui/icons'
import { Badge } from '../ui/parts'
import { fieldName } from '../ui/words'
import { BRAND, FIELD_REASON, FIELD_STATE, bullets, keys } from './words'

interface Props {
  capture: Capture
  /** Whether fields can be asked for again now. */
  redo: 'yes' | 'not-now' | 'no'
  onRedo: (field: string) => void
  /** For supervisors: names and states, as the server tells them no more. */
  statesOnly: boolean
}

/** One row per field. */
export function Fields({ capture, redo, onRedo, statesOnly }: Props) {
  return (
    <dl class="captured" data-testid="bullets">
      {capture.fields.map((field, i) => (
        <div key={field.name} class={`captured-field ${field.state}`} data-testid={`field-row-${field.name}`}>
          <dt>
            <span class="small">{fieldName(field.name)}</span>
            <Badge tone={FIELD_STATE[field.state][1]} data-testid={`field-state-${field.name}`}>
              {FIELD_STATE[field.state][0]}
            </Badge>
            {redo !== 'no' && <Redo field={field} place={i + 1} possible={redo === 'yes'} onRedo={onRedo} />}
          </dt>
          {!statesOnly && field.state !== 'pending' && <Entry field={field} />}
        </div>
      ))}
    </dl>
  )
}

function Redo({ field, place, possible, onRedo }: { field: CaptureField; place: number; possible: boolean; onRedo: Props['onRedo'] }) {
  const word = field.state === 'pending' ? 'Ask now' : 'Redo'
  return (
    <button
      type="button"
      class="button quiet small redo"
      data-testid={`redo-${field.name}`}
      aria-label={`${word}: ${fieldName(field.name)}`}
      aria-keyshortcuts={`Alt+Shift+${place}`}
      aria-disabled={!possible}
      onClick={() => possible && onRedo(field.name)}
    >
      <RedoIcon /> {word}
    </button>
  )
}

function Entry({ field }: { field: CaptureField }) {
  const accepted = field.state === 'valid'
  return (
    <>
      <dd>
        <span class="bullets" aria-hidden="true">
          {bullets(field)}
        </span>
        <span class="small muted tabular count">{field.lastFour === undefined ? keys(field.digitsEntered) : `Ends in ${field.lastFour}`}</span>
      </dd>
      {accepted && field.brand && (
        <dd class="small accepted">
          <CheckIcon /> {BRAND[field.brand]}
        </dd>
      )}
      {field.state === 'rejected' && field.reason && <dd class="small warn-text">{FIELD_REASON[field.reason]}</dd>}
    </>
  )
}
