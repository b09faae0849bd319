/**
 * Tonegate's browser SDK: joins a conference over WebRTC, keeps the leg alive,
 * sends keys, and follows masking and secure captures. No dependency.
 */
import { browserEnv } from './env'
import { BrowserLeg } from './leg'
import { openSource } from './microphone'
import type { JoinOptions, Leg } from './types'

export * from './types'
export { TonegateError } from './errors'
export { followPages } from './pages'

/**
 * Opens the microphone, then joins. Resolves once the server has let the leg
 * in (its `state` is then `connecting` until audio flows); rejects with a
 * TonegateError otherwise.
 */
export async function joinConference(options: JoinOptions): Promise<Leg> {
  const env = browserEnv()
  const source = await openSource(options, env)
  const leg = new BrowserLeg(options, source, env)
  await leg.admitted
  return leg
}
