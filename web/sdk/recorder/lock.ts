import { TonegateError } from '../errors'

/**
 * Takes a recording for whoever writes or uploads it, in any tab; the lock ends
 * with the tab at the latest. What is returned resolves once others may have it.
 */
export async function take(recordingId: string): Promise<() => Promise<void>> {
  const { locks } = navigator
  if (!locks) throw new TonegateError('no_storage', 'This browser cannot keep a recording for one tab at a time (Web Locks).')
  let free!: () => void
  let freed!: Promise<unknown>
  await new Promise<void>((taken, reject) => {
    freed = locks.request(`tonegate-recording ${recordingId}`, { ifAvailable: true }, (lock) => {
      if (!lock) throw new TonegateError('recording_in_use', 'This recording is being written or uploaded, perhaps in another tab.')
      taken()
      return new Promise<void>((resolve) => (free = resolve))
    })
    freed.catch(reject)
  })
  return async () => {
    free()
    await freed
  }
}
