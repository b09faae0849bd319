import { useSignal } from '@preact/signals'
import type { Call } from '../lib/call'
import { Badge } from '../ui/parts'
import { useShortcut } from '../ui/shortcut'
import { deliveryWords, recordingWords } from './words'

/** What is recorded, for all on the page; the button is for those who may pause. */
export function Recorded({ call }: { call: Call }) {
  const busy = useSignal(false)
  const recording = call.recording.value
  const running = recording?.state === 'recording' || recording?.state === 'paused'
  const paused = recording?.state === 'paused'
  const granted = call.leg?.grants.includes('record') ?? false
  // What a page or a capture pauses goes on with it, not by hand.
  const possible = granted && running && !busy.value && recording.reason === undefined

  async function toggle() {
    if (!possible) return
    busy.value = true
    call.notice.value = null
    await (paused ? call.leg!.resumeRecording() : call.leg!.pauseRecording()).catch((error: unknown) => (call.notice.value = error))
    busy.value = false
  }
  useShortcut(/^KeyR$/, () => void toggle())

  if (!recording) return null
  const [words, tone] = recordingWords(recording)
  const trouble = deliveryWords(recording)
  return (
    <div class="row recorded">
      <Badge tone={tone} role="status" data-testid="recording">
        {words}
      </Badge>
      {granted && running && (
        <button
          type="button"
          class="button quiet small"
          data-testid="toggle-recording"
          aria-keyshortcuts="Alt+Shift+R"
          aria-disabled={!possible}
          onClick={() => void toggle()}
        >
          {paused ? 'Resume recording' : 'Pause recording'}
        </button>
      )}
      {possible && (
        <span class="small muted shortcuts">
          <kbd>Alt</kbd> <kbd>Shift</kbd> <kbd>R</kbd>
        </span>
      )}
      {trouble && (
        <span class="small" role="status" data-testid="delivery">
          {trouble}
        </span>
      )}
    </div>
  )
}
