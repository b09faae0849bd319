import { computed, signal } from '@preact/signals'
import type { CaptureOptions, FieldName, MaskMode } from '../../sdk/tonegate'
import type { Call } from '../lib/call'
import { fieldName } from '../ui/words'
import { minorUnits } from './words'

const MASKS: { mode: MaskMode; name: string; text: string }[] = [
  { mode: 'field', name: 'Pause while keying', text: 'The customer’s voice pauses from the first key to the end of the field.' },
  { mode: 'strip', name: 'Keep talking', text: 'Speech goes on; each tone is cut out of it.' },
  { mode: 'mute', name: 'Mute the customer', text: 'For cards read aloud: you hear nothing of the customer, except while you hold a button to listen.' },
]

const FIELDS: FieldName[] = ['card_number', 'expiry', 'cvv', 'postal_code']

/** What the agent has chosen for the next payment; it stays for the one after. */
export class Setup {
  readonly mask = signal<MaskMode>('field')
  readonly action = signal<'tokenize' | 'charge'>('tokenize')
  readonly amount = signal('')
  readonly currency = signal('EUR')
  /** Undefined until the agent has chosen: then it is what the call offers. */
  readonly #fields = signal<readonly FieldName[] | undefined>(undefined)
  readonly #connector = signal<string | undefined>(undefined)
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  /** An IVR of its own reads the keys by itself and pays by itself. */
  readonly builtin = computed(() => this.#call.legs.value.some((l) => l.role === 'ivr' && l.kind === 'builtin'))
  readonly connectors = computed(() => (this.builtin.value ? (this.#call.leg?.connectors ?? []) : []))
  readonly fields = computed<readonly FieldName[]>(() => this.#fields.value ?? (this.builtin.value ? FIELDS.slice(0, 3) : []))
  /** Who gets the card: nobody without a card number. */
  readonly connector = computed(() => {
    const chosen = this.#connector.value ?? this.connectors.value[0] ?? ''
    return this.connectors.value.includes(chosen) ? chosen : ''
  })
  readonly pays = computed(() => this.connector.value !== '' && this.fields.value.includes('card_number'))
  readonly charges = computed(() => this.pays.value && this.action.value === 'charge')
  readonly value = computed(() => minorUnits(this.amount.value, this.currency.value))
  readonly complete = computed(() => !this.charges.value || this.value.value !== undefined)

  toggle(field: FieldName, on: boolean): void {
    this.#fields.value = FIELDS.filter((f) => (f === field ? on : this.fields.value.includes(f)))
  }

  choose(connector: string): void {
    this.#connector.value = connector
  }

  options(): CaptureOptions {
    return {
      mask: this.mask.value,
      ...(this.fields.value.length > 0 ? { fields: this.fields.value } : {}),
      ...(this.pays.value ? { connector: this.connector.value, action: this.action.value } : {}),
      ...(this.charges.value ? { amount: { value: this.value.value!, currency: this.currency.value } } : {}),
    }
  }
}

export function Choices({ setup, disabled }: { setup: Setup; disabled: boolean }) {
  return (
    <>
      <fieldset class="choices chips" disabled={disabled}>
        <legend>Ask the customer for</legend>
        <div class="row">
          {FIELDS.map((field) => (
            <label class="choice chip" key={field}>
              <input
                type="checkbox"
                data-testid={`field-${field}`}
                checked={setup.fields.value.includes(field)}
                onChange={(e) => setup.toggle(field, e.currentTarget.checked)}
              />
              <span class="name">{fieldName(field)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {setup.connectors.value.length > 0 && <Provider setup={setup} disabled={disabled} />}
      <p class="small muted" data-testid="summary">
        {summary(setup)}
      </p>
      <fieldset class="choices" disabled={disabled}>
        <legend>While the customer keys</legend>
        {MASKS.map(({ mode, name, text }) => (
          <label class="choice" key={mode}>
            <input
              type="radio"
              name="mask"
              value={mode}
              data-testid={`mask-${mode}`}
              checked={setup.mask.value === mode}
              onChange={() => (setup.mask.value = mode)}
            />
            <span>
              <span class="name">{name}</span>
              <span class="small muted">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  )
}

function Provider({ setup, disabled }: { setup: Setup; disabled: boolean }) {
  const wrong = setup.amount.value !== '' && setup.value.value === undefined
  return (
    <fieldset class="provider" disabled={disabled}>
      <legend class="sr-only">Payment provider</legend>
      <div class="field">
        <label for="connector">Payment provider</label>
        <select id="connector" class="input" data-testid="connector" value={setup.connector.value} onChange={(e) => setup.choose(e.currentTarget.value)}>
          {setup.connectors.value.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value="">None: check and erase</option>
        </select>
      </div>
      {setup.pays.value && (
        <div class="field">
          <label for="action">It is to</label>
          <select
            id="action"
            class="input"
            data-testid="action"
            value={setup.action.value}
            onChange={(e) => (setup.action.value = e.currentTarget.value === 'charge' ? 'charge' : 'tokenize')}
          >
            <option value="tokenize">Keep the card for a token</option>
            <option value="charge">Charge the card</option>
          </select>
        </div>
      )}
      {setup.charges.value && (
        <>
          <div class="field">
            <label for="amount">Amount</label>
            <input
              id="amount"
              class="input tabular"
              data-testid="amount"
              inputMode="decimal"
              autocomplete="off"
              required
              aria-invalid={wrong}
              aria-describedby="amount-help"
              value={setup.amount.value}
              onInput={(e) => (setup.amount.value = e.currentTarget.value)}
            />
          </div>
          <div class="field">
            <label for="currency">Currency</label>
            <input
              id="currency"
              class="input"
              data-testid="currency"
              autocomplete="off"
              maxLength={3}
              required
              value={setup.currency.value}
              onInput={(e) => (setup.currency.value = e.currentTarget.value.toUpperCase())}
            />
          </div>
          <p id="amount-help" class={`small ${wrong ? 'warn-text' : 'muted'}`}>
            {wrong ? 'This is no amount in that currency: write it like 19.99, with a code of three letters.' : 'In the currency’s main unit, such as 19.99 EUR.'}
          </p>
        </>
      )}
    </fieldset>
  )
}

/** What will happen, in a sentence. */
function summary(setup: Setup): string {
  if (!setup.builtin.value) {
    return setup.fields.value.length === 0
      ? 'The payment IVR on this call decides what it asks for; you see how many keys come.'
      : 'The payment IVR on this call reads the keys itself and tells what it accepts.'
  }
  if (setup.fields.value.length === 0) return 'One entry of any keys. It goes to nobody.'
  if (setup.pays.value) return 'Keyed on the phone, checked field by field, and sent to the provider as soon as all are in.'
  if (setup.connectors.value.length === 0) return 'Checked field by field, then erased: this server has no payment provider set up.'
  return setup.connector.value === '' ? 'Checked field by field, then erased: no provider gets them.' : 'Without a card number nothing is sent: entries are checked, then erased.'
}
