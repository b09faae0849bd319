import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** The time since `from`, renewed once a second. */
export function useElapsed(from: number | undefined): number {
  const now = useSignal(Date.now())
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return from === undefined ? 0 : Math.max(0, now.value - from)
}
