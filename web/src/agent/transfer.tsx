import { useSignal } from '@preact/signals'
import type { Call } from '../lib/call'
import { transferButton } from './words'
import { SwapIcon } from '../ui/icons'
import { useShortcut } from '../ui/shortcut'

/**
 * Leaves the customer alone with the payment IVR, and takes them back: one button,
 * so that whoever pressed it by keyboard stays on it.
 */
export function Transfer({ call }: { call: Call }) {
  const busy = useSignal(false)
  const state = call.transfer.value
  const here = call.legs.value.some((l) => l.role === 'ivr' && l.state !== 'left' && l.state !== 'invited')
  const granted = call.leg?.grants.includes('transfer') ?? false
  const possible = granted && call.state.value === 'connected' && !busy.value && (state === 'with_ivr' || (state === 'together' && here))

  async function run() {
    if (!possible) return
    busy.value = true
    call.notice.value = null
    await call.leg!.transfer(state === 'together' ? 'ivr' : 'agent').catch((error: unknown) => (call.notice.value = error))
    busy.value = false
  }
  useShortcut(/^KeyT$/, () => void run())

  if (!granted) return null
  return (
    <button
      type="button"
      class="button"
      data-testid="transfer"
      aria-keyshortcuts="Alt+Shift+T"
      aria-disabled={!possible}
      title={here || state !== 'together' ? 'Alt+Shift+T' : 'There is no payment IVR on the call'}
      onClick={() => void run()}
    >
      <SwapIcon /> {transferButton(state)}
    </button>
  )
}
