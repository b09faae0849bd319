import { TonegateError } from './errors'

/**
 * Codes after which coming back cannot help: the token or the secret is not
 * accepted, the call is gone, another tab took the leg over, or we speak the
 * protocol wrongly. Everything else is weather, and is retried.
 */
const FINAL: Record<number, [code: string, detail: string]> = {
  4400: ['bad_message', 'The server did not understand this client.'],
  4401: ['token_rejected', 'The token is invalid, has expired or was used before.'],
  4403: ['forbidden', 'The token does not allow this.'],
  4404: ['conference_not_found', 'The call has ended or never existed.'],
  4409: ['superseded', 'This leg was taken over by a newer connection.'],
}

/** The error of a final close code, or undefined when a retry may help. */
export function finalError(code: number): TonegateError | undefined {
  const known = FINAL[code]
  return known && new TonegateError(known[0], known[1])
}

const SLOW_DOWN = new Set([4429, 4503])

/**
 * How long to wait before attempt `n` (from 0): full doubling to 8 s, of which
 * the upper half is jitter, so that the tabs of a floor that lost its network
 * together do not come back together. A server that asked for air gets 2 s.
 */
export function backoff(n: number, closeCode: number, random: () => number): number {
  const ceiling = Math.min(8000, 250 * 2 ** n)
  const wait = ceiling / 2 + (ceiling / 2) * random()
  return SLOW_DOWN.has(closeCode) ? Math.max(2000, wait) : wait
}
