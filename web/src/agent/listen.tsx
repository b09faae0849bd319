import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { TonegateError } from '../../sdk/tonegate'
import type { Call } from '../lib/call'
import { SpeakerIcon } from '../ui/icons'
import { ENDED, LISTEN_S, listenWords } from './words'

/** How often the seconds that are left are counted anew. */
const COUNT_MS = 200
/** With so many seconds left a screen reader warns. */
const WARN_AT = 3

/** True while a capture mutes the customer, whether press-to-talk is open or not. */
export const mutes = ({ masking }: Call): boolean => masking.value.armed && (masking.value.mode === 'mute' || masking.value.talk)

/**
 * Press-to-talk. It is open while it is held and the server says so: whatever
 * takes the hand, the eye or the connection away releases it, and what the server
 * has ended is not pressed again before it was released.
 */
export function Listen({ call }: { call: Call }) {
  const held = useSignal(false)
  const ended = useSignal(false)
  const left = useSignal(LISTEN_S)
  const said = useSignal('')
  const granted = call.leg?.grants.includes('talk') ?? false
  const connected = call.state.value === 'connected'
  const { talk } = call.masking.value
  const possible = granted && connected
  const wasOpen = useRef(false)

  function press() {
    if (!possible || held.value) return
    held.value = true
    ended.value = false
    said.value = ''
    left.value = LISTEN_S
    // The end of the press before may be told only now: it is not this one's.
    wasOpen.current = false
    call.notice.value = null
    call.leg!.pressTalk().catch((error: unknown) => {
      if (error instanceof TonegateError && error.code === 'talk_released') return
      release()
      call.notice.value = error
    })
  }
  function release() {
    if (!held.value) return
    held.value = false
    call.leg?.releaseTalk()
  }

  useEffect(() => {
    if (!talk) return
    const until = Date.now() + LISTEN_S * 1000
    const timer = setInterval(() => {
      left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000))
      if (left.value === WARN_AT) said.value = `${WARN_AT} seconds left.`
    }, COUNT_MS)
    return () => clearInterval(timer)
  }, [talk])
  useEffect(() => {
    if (!connected) release()
    // What opens after its release, on a slow line, is closed at once.
    else if (talk && !held.value) call.leg?.releaseTalk()
    else if (!talk && wasOpen.current && held.value) {
      ended.value = true
      said.value = ENDED
      release()
    }
    wasOpen.current = talk
  }, [talk, connected])
  useReleases(release)
  useShortcut(press, release)

  const open = held.value && talk
  return (
    <div class={`listen ${open ? 'open' : ''}`} data-testid="listen-panel">
      <button
        type="button"
        class="button wide large"
        data-testid="listen"
        aria-pressed={held.value}
        aria-disabled={!possible}
        aria-describedby="listen-help"
        aria-keyshortcuts="Alt+Shift+L"
        onPointerDown={(event) => {
          if (event.button !== 0 || !event.isPrimary) return
          // A hand that slips off the button still holds it.
          event.currentTarget.setPointerCapture(event.pointerId)
          press()
        }}
        onPointerUp={release}
        onPointerCancel={release}
        onLostPointerCapture={release}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (!isPress(event)) return
          event.preventDefault()
          if (!event.repeat) press()
        }}
        onKeyUp={(event) => {
          if (!isPress(event)) return
          event.preventDefault()
          release()
        }}
        onBlur={release}
        onClick={(event) => {
          // Screen readers click without holding anything: once to listen, once to stop.
          if (event.detail !== 0) return
          if (held.value) release()
          else press()
        }}
      >
        <SpeakerIcon /> Listen while held
        {open && (
          // Seen only: read aloud each second it would drown the customer.
          <span class="tabular" aria-hidden="true" data-testid="listen-left">
            {left.value} s
          </span>
        )}
        {open && <span class="left" aria-hidden="true" style={{ transform: `scaleX(${left.value / LISTEN_S})` }} />}
      </button>
      <p id="listen-help" class="small muted">
        {listenWords({ granted, connected, held: held.value, open, ended: ended.value })}
      </p>
      <p class="sr-only" role="status" data-testid="listen-said">
        {said.value}
      </p>
    </div>
  )
}

const isPress = ({ key, altKey, ctrlKey, metaKey }: KeyboardEvent) =>
  (key === ' ' || key === 'Enter') && !altKey && !ctrlKey && !metaKey

/** Nobody holds a button of a page that is not in front, or gone. */
function useReleases(release: () => void): void {
  const latest = useRef(release)
  latest.current = release
  useEffect(() => {
    const away = () => latest.current()
    const hidden = () => document.hidden && away()
    addEventListener('blur', away)
    addEventListener('pagehide', away)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      removeEventListener('blur', away)
      removeEventListener('pagehide', away)
      document.removeEventListener('visibilitychange', hidden)
      away()
    }
  }, [])
}

/** Alt+Shift+L, held, from anywhere on the page; letting go of any of the three releases. */
function useShortcut(press: () => void, release: () => void): void {
  const latest = useRef({ press, release })
  latest.current = { press, release }
  const holding = useRef(false)
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.code !== 'KeyL' || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      if (event.repeat) return
      holding.current = true
      latest.current.press()
    }
    const up = (event: KeyboardEvent) => {
      if (!holding.current || !/^(KeyL|Alt|Shift)/.test(event.code)) return
      holding.current = false
      latest.current.release()
    }
    addEventListener('keydown', down)
    addEventListener('keyup', up)
    return () => {
      removeEventListener('keydown', down)
      removeEventListener('keyup', up)
    }
  }, [])
}
