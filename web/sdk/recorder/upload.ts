import { backoff } from '../closecodes'
import { TonegateError } from '../errors'
import type { UploadTarget, Uploaded } from '../recorder-types'

const RETRIES = new Set([408, 425, 429])
const HERE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** What became of one request: nothing if the far end has it all. */
interface Failure {
  why: TonegateError
  again: boolean
  /** How much the far end has, if it said so. */
  have?: number
}

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
    ...(target.leg ? { 'Tonegate-Leg': target.leg } : {}),
  }
  const ask = (method: string, from: number) =>
    fetch(url, {
      method,
      headers: { ...headers, ...(from > 0 ? { 'Upload-Offset': String(from) } : {}) },
      credentials: 'omit',
      redirect: 'error',
      ...(method === 'PUT' ? { body: file.slice(from) } : {}),
      ...(target.signal ? { signal: target.signal } : {}),
    }).catch(() => undefined)
  const attempts = target.attempts ?? 5
  let from = 0
  for (let attempt = 1; ; attempt++) {
    const failure = await judge(await ask('PUT', from), sent, target)
    if (!failure) return sent
    // Complete already, if the answer to an earlier try was lost.
    if (failure.why.code === 'upload_conflict' && failure.have === undefined) {
      const known = await ask('HEAD', 0)
      if (known?.ok && complete(known, sent.size)) return sent
    }
    if (!failure.again || attempt >= attempts || target.signal?.aborted) throw failure.why
    from = failure.have ?? 0
    if (failure.have === undefined) await sleep(backoff(attempt, 0, Math.random))
  }
}

async function judge(response: Response | undefined, sent: Uploaded, { confirm }: UploadTarget): Promise<Failure | undefined> {
  if (!response) return { again: true, why: new TonegateError('upload_failed', 'The recording could not be uploaded: the server cannot be reached.') }
  const { status } = response
  if (status === 409) {
    const have = Number(response.headers.get('Upload-Offset') ?? NaN)
    const why = new TonegateError('upload_conflict', 'The server has something else of this recording.')
    return have >= 0 && have < sent.size ? { again: true, why, have } : { again: false, why }
  }
  if (!response.ok) {
    // 422: what arrived was not what was said, and is gone there.
    const again = status >= 500 || status === 422 || RETRIES.has(status)
    return { again, why: new TonegateError('upload_refused', `The recording was not taken: HTTP ${status}.`) }
  }
  // Who was told the digest, and says that it is complete, has compared.
  if (confirm === 'status' || complete(response, sent.size)) return undefined
  const answer: Partial<Uploaded> | null = await response.json().catch(() => null)
  if (answer?.sha256 === sent.sha256 && answer.size === sent.size) return undefined
  return { again: true, why: new TonegateError('upload_unconfirmed', 'What arrived is not known to be what was sent. The recording is kept.') }
}

/** As resumable uploads say it (draft-ietf-httpbis-resumable-upload). */
const complete = ({ headers }: Response, size: number): boolean =>
  headers.get('Upload-Complete') === '?1' && headers.get('Upload-Offset') === String(size)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
