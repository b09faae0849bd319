import { useEffect, useRef } from 'preact/hooks'

/**
 * Alt+Shift and a key, by its place on the keyboard: with both held the letter
 * itself differs between systems. Neither browsers nor screen readers take these.
 */
export function useShortcut(codes: RegExp, pressed: (code: string) => void): void {
  const latest = useRef(pressed)
  latest.current = pressed
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return
      if (!codes.test(event.code)) return
      event.preventDefault()
      latest.current(event.code)
    }
    addEventListener('keydown', typed)
    return () => removeEventListener('keydown', typed)
  }, [])
}
