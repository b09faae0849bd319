import { TonegateError } from '../../sdk/errors'

/** What to tell a person: what is wrong, and what to do about it. */
export interface Advice {
  title: string
  remedy: string
}

const ADVICE: Record<string, Advice> = {
  code_invalid: {
    title: 'This link has been used or has expired',
    remedy: 'Each link opens one join. Ask for a new one, or open the leg again from the console.',
  },
  login_used: {
    title: 'This sign-in link has been used or has expired',
    remedy: 'Each link signs in once. Enter the API key instead, or restart the server for a new link.',
  },
  token_expired: {
    title: 'This link has expired',
    remedy: 'The page was open too long before joining. Ask for a new link.',
  },
  token_rejected: {
    title: 'The server did not accept this link',
    remedy: 'It has expired or was used elsewhere. Ask for a new link.',
  },
  forbidden: { title: 'This link does not allow joining here', remedy: 'Ask for a link made for this role.' },
  conference_not_found: { title: 'This call is over', remedy: 'Start or ask for a new call.' },
  superseded: {
    title: 'The call moved to another tab',
    remedy: 'This place was taken over by a newer connection. Carry on there; this tab can be closed.',
  },
  microphone_denied: {
    title: 'The microphone is blocked',
    remedy: 'Allow it in the browser’s site settings and join again, or join without a microphone.',
  },
  microphone_missing: {
    title: 'No microphone was found',
    remedy: 'Connect one and join again, or join without a microphone.',
  },
  microphone_busy: {
    title: 'The microphone is in use',
    remedy: 'Close the program that holds it and join again, or join without a microphone.',
  },
  microphone_insecure: {
    title: 'The microphone needs a secure page',
    remedy: 'Open this page over HTTPS or from localhost, or join without a microphone.',
  },
  connect_timeout: { title: 'The server cannot be reached', remedy: 'Check the network, then join again.' },
  reconnect_timeout: {
    title: 'The connection was lost',
    remedy: 'It could not be restored in time. Check the network and ask for a new link.',
  },
  media_timeout: {
    title: 'No audio path to the server',
    remedy: 'The network lets web pages through but no call audio. UDP to the server’s media port must be allowed.',
  },
  no_common_codec: {
    title: 'This browser and the server share no voice codec',
    remedy: 'Use a current Chrome, Edge, Firefox or Safari.',
  },
  going_away: { title: 'The server is closing for maintenance', remedy: 'Finish the call soon; new calls go elsewhere.' },
  unauthorized: { title: 'The API key was not accepted', remedy: 'Check for missing characters, or use the newest key.' },
  network: { title: 'The server did not answer', remedy: 'Check that Tonegate is running and reachable, then try again.' },
  capture_in_progress: { title: 'A secure capture is already running', remedy: 'Complete or cancel it first.' },
  no_collector: { title: 'There is no payment IVR on the call', remedy: 'Let the IVR join, then start again.' },
  capture_not_collecting: { title: 'The secure capture is already over', remedy: 'Start another one if it is still needed.' },
  capture_incomplete: { title: 'Not everything is in yet', remedy: 'Wait until each field is accepted, ask for one again, or cancel.' },
  capture_submitting: { title: 'The payment is already with the provider', remedy: 'Wait for its outcome: it can be neither changed nor cancelled now.' },
  no_capture: { title: 'No secure capture is under way', remedy: 'Start another one if it is still needed.' },
  talk_not_muted: { title: 'Listening is not possible here', remedy: 'It opens only what this payment mutes. This call is not muted, or is muted as a whole.' },
  talk_pressed: { title: 'Somebody is listening already', remedy: 'Let go, and hold again once that is over.' },
  transfer_in_progress: { title: 'The customer is on the way already', remedy: 'Wait until the transfer is done.' },
  not_transferred: { title: 'You are together with the customer', remedy: 'There is nothing to take back.' },
  party_absent: { title: 'Somebody is missing on the call', remedy: 'A transfer wants the customer and the payment IVR on the call.' },
  page_pauses: { title: 'This page pauses the recording', remedy: 'It goes on when you leave the page.' },
  capture_pauses: { title: 'The secure capture pauses the recording', remedy: 'It goes on when the capture is over.' },
  not_recording: { title: 'Nothing is recorded', remedy: 'Only the platform starts a recording.' },
  unknown_connector: { title: 'This payment provider is not set up', remedy: 'Choose another one, or tell the platform’s operator.' },
  unknown_field: { title: 'The payment has no such field', remedy: 'Start another payment with the fields that are needed.' },
  wrong_collector: { title: 'This is not for the agent to end', remedy: 'The payment ends by itself once all fields are accepted; it can be cancelled.' },
  audit_unavailable: { title: 'The server cannot write its record', remedy: 'Nothing was done without it. Tell the platform’s operator.' },
  busy: { title: 'The last command is still under way', remedy: 'Wait a moment, then try again.' },
  conference_ended: { title: 'This call is over', remedy: 'Start or ask for a new call.' },
  leg_closed: { title: 'This leg is closed', remedy: 'Ask for a new link.' },
  draining: { title: 'The server takes no new calls', remedy: 'It is closing for maintenance. Try again in a few minutes.' },
  too_many: { title: 'Too many requests', remedy: 'Wait a moment, then try again.' },
  not_connected: { title: 'The server cannot be reached right now', remedy: 'The page keeps trying. Try again once it is connected.' },
  timeout: { title: 'The server did not confirm in time', remedy: 'Check the state shown above before trying again.' },
  dtmf_unavailable: { title: 'The key was not sent', remedy: 'Wait until the call is connected, or send keys as a tone in the voice.' },
  no_second_link: { title: 'This leg’s link has been used', remedy: 'Start another demonstration call to get new links.' },
  autoplay_blocked: { title: 'The browser holds back the sound', remedy: 'Click anywhere on this page to hear the call.' },
}

export function advise(error: unknown): Advice {
  if (error instanceof TonegateError) {
    return ADVICE[error.code] ?? { title: error.detail, remedy: `Try again. If it stays, report the code “${error.code}”.` }
  }
  return { title: 'Something went wrong in this page', remedy: 'Reload it and try again.' }
}

/** Fetches JSON; every failure becomes a TonegateError. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { cache: 'no-store', ...init })
  } catch {
    throw new TonegateError('network', 'The server did not answer.')
  }
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body as T
  const problem = (body ?? {}) as { code?: string; title?: string; detail?: string }
  const fallback = response.status === 401 ? 'unauthorized' : `http_${response.status}`
  throw new TonegateError(problem.code ?? fallback, problem.detail ?? problem.title ?? `The server answered ${response.status}.`)
}

export const postJSON = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
