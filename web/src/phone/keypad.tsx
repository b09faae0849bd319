import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

export type SendAs = 'event' | 'voice' | 'both'

const ROWS = [
  ['1', '2', '3', 'A'],
  ['4', '5', '6', 'B'],
  ['7', '8', '9', 'C'],
  ['*', '0', '#', 'D'],
] as const

const LETTERS: Record<string, string> = {
  '2': 'ABC',
  '3': 'DEF',
  '4': 'GHI',
  '5': 'JKL',
  '6': 'MNO',
  '7': 'PQRS',
  '8': 'TUV',
  '9': 'WXYZ',
  '0': '+',
}

const NAMES: Record<string, string> = { '*': 'star', '#': 'hash' }
const KEYS = new Set<string>(ROWS.flat())

export function Keypad({ onPress }: { onPress: (key: string) => void }) {
  const extended = useSignal(false)
  const lit = useSignal('')
  const press = (key: string) => {
    onPress(key)
    lit.value = key
    setTimeout(() => {
      if (lit.value === key) lit.value = ''
    }, 140)
  }
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      const key = event.key.length === 1 ? event.key.toUpperCase() : ''
      if (!KEYS.has(key) || (key >= 'A' && !extended.value)) return
      event.preventDefault()
      press(key)
    }
    addEventListener('keydown', typed)
    return () => removeEventListener('keydown', typed)
  }, [])
  return (
    <div class="stack tight">
      <div class={`keypad ${extended.value ? 'extended' : ''}`} role="group" aria-label="Keypad">
        {ROWS.flatMap((row) =>
          row.slice(0, extended.value ? 4 : 3).map((key) => (
            <button
              key={key}
              type="button"
              class={`key ${lit.value === key ? 'lit' : ''}`}
              aria-label={NAMES[key]}
              data-testid={`key-${NAMES[key] ?? key}`}
              onClick={() => press(key)}
            >
              <span class="face">{key}</span>
              <span class="letters">{LETTERS[key] ?? '\u00a0'}</span>
            </button>
          )),
        )}
      </div>
      <button type="button" class="toggle-keys" aria-expanded={extended.value} data-testid="toggle-abcd" onClick={() => (extended.value = !extended.value)}>
        {extended.value ? 'Hide A–D' : 'Show A–D'}
      </button>
    </div>
  )
}
