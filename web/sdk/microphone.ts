import type { Env } from './env'
import { TonegateError } from './errors'
import type { JoinOptions } from './types'

/** An outgoing track and how to let go of it. */
export interface Source {
  track: MediaStreamTrack
  release(): void
}

const REFUSALS: Record<string, [code: string, detail: string]> = {
  NotAllowedError: ['microphone_denied', 'Access to the microphone was refused.'],
  SecurityError: ['microphone_insecure', 'Browsers give the microphone only to pages served over HTTPS.'],
  NotFoundError: ['microphone_missing', 'No microphone was found.'],
  OverconstrainedError: ['microphone_missing', 'The chosen microphone was not found.'],
  NotReadableError: ['microphone_busy', 'The microphone is in use by another program.'],
  AbortError: ['microphone_busy', 'The microphone could not be started.'],
}

/**
 * Finds the outgoing track. It runs before the token is spent, so that a
 * refused microphone does not cost the caller the one join it has.
 */
export async function openSource(options: JoinOptions, env: Env): Promise<Source> {
  const { microphone = true } = options
  if (microphone === false) return silence(env)
  if (microphone !== true) {
    const track = microphone.getAudioTracks()[0]
    if (!track) throw new TonegateError('no_audio_track', 'The stream given as microphone has no audio track.')
    return { track, release() {} }
  }
  const { deviceId, ...wanted } = options.audioProcessing ?? {}
  try {
    const stream = await env.getUserMedia({
      audio: {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        ...wanted,
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
      },
      video: false,
    })
    const track = stream.getAudioTracks()[0]
    if (!track) throw new DOMException('empty stream', 'NotFoundError')
    return { track, release: () => track.stop() }
  } catch (cause) {
    const [code, detail] = REFUSALS[(cause as Error).name] ?? ['microphone_failed', 'The microphone could not be opened.']
    throw new TonegateError(code, detail)
  }
}

/**
 * A track of running silence. Keys travel in the gaps of an audio stream, so a
 * leg without a microphone still needs one that produces frames.
 */
function silence(env: Env): Source {
  const context = env.createAudioContext()
  const zero = context.createConstantSource()
  zero.offset.value = 0
  const out = context.createMediaStreamDestination()
  zero.connect(out)
  zero.start()
  // Before a gesture the context starts suspended; a later join click wakes it.
  if (context.state === 'suspended') void context.resume().catch(() => {})
  const track = out.stream.getAudioTracks()[0]
  if (!track) throw new TonegateError('microphone_failed', 'This browser made no silent track.')
  return {
    track,
    release() {
      track.stop()
      void context.close().catch(() => {})
    },
  }
}
