import { backoff } from '../closecodes'
import { TonegateError } from '../errors'
import type { UploadTarget, Uploaded } from '../recorder-types'

const RETRIES = new Set([408, 425, 429])
const HERE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Uploads a sealed file until the far end has confirmed it, or says no. */
export async function upload(file: Blob, target: UploadTarget, sleep = pause): Promise<Uploaded> {
  const url = new URL(target.url, globalThis.location?.href)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && HERE.test(url.hostname))) {
    throw new TonegateError('bad_url', 'A recording is uploaded over HTTPS.')
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  const sent = { size: file.size, sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') }
  const headers = {
    ...target.headers,
    'Content-Type': 'application/octet-stream',
    // RFC 9530.
    'Repr-Digest': `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
    ...(target.token ? { Authorization: `Bearer ${target.token}` } : {}),
  }
  const attempts = target.attempts ?? 5
  for (let attempt = 1; ; attempt++) {
    const error = await put(url, file, headers, sent, target)
    if (!error) return sent
    if (!error.again || attempt >= attempts || target.signal?.aborted) throw error.why
    await sleep(backoff(attempt, 0, Math.random))
  }
}

type Failure = { again: boolean; why: TonegateError }

async function put(url: URL, body: Blob, headers: Record<string, string>, sent: Uploaded, target: UploadTarget): Promise<Failure | undefined> {
  let response: Response
  try {
    response = await fetch(url, { method: 'PUT', body, headers, credentials: 'omit', redirect: 'error', ...(target.signal ? { signal: target.signal } : {}) })
  } catch {
    return { again: true, why: new TonegateError('upload_failed', 'The recording could not be uploaded: the server cannot be reached.') }
  }
  if (!response.ok) {
    const again = response.status >= 500 || RETRIES.has(response.status)
    return { again, why: new TonegateError('upload_refused', `The recording was not taken: HTTP ${response.status}.`) }
  }
  if (target.confirm === 'status') return undefined
  const answer: Partial<Uploaded> = await response.json().catch(() => ({}))
  if (answer?.sha256 === sent.sha256 && answer.size === sent.size) return undefined
  return { again: true, why: new TonegateError('upload_unconfirmed', 'What arrived is not known to be what was sent. The recording is kept.') }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
