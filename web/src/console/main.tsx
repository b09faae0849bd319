import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ShieldIcon } from '../ui/icons'
import { mount } from '../ui/mount'
import { Fault, Shell } from '../ui/parts'
import { key, loginFromLink, serverVersion, signIn, signOut, tryKey } from './api'
import { Conferences } from './conferences'
import { Demo } from './demo'
import './console.css'

const version = signal('')

function Page() {
  useEffect(() => {
    void serverVersion().then(
      (v) => (version.value = v),
      () => {},
    )
  }, [])
  return (
    <Shell
      where="Console"
      end={
        <>
          {version.value && <span class="version small muted tabular">Version {version.value}</span>}
          {key.value && (
            <button type="button" class="button quiet" onClick={signOut}>
              Sign out
            </button>
          )}
        </>
      }
    >
      {key.value ? (
        <main class="page">
          <Demo />
          <Conferences />
        </main>
      ) : (
        <main class="page centred">
          <SignIn />
        </main>
      )}
    </Shell>
  )
}

function SignIn() {
  const value = useSignal('')
  const { busy, error } = signIn.value
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy && value.value.trim()) void tryKey(value.value.trim())
      }}
    >
      <span class="hero-icon">
        <ShieldIcon />
      </span>
      <h1>Sign in to the console</h1>
      <p class="muted">Enter the API key that the server printed at its first start, or open the one-time link printed beside it.</p>
      {error ? <Fault error={error} /> : null}
      <div class="field">
        <label for="api-key">API key</label>
        <input
          id="api-key"
          class="input"
          type="password"
          autocomplete="off"
          spellcheck={false}
          data-testid="api-key"
          value={value.value}
          onInput={(event) => (value.value = event.currentTarget.value)}
        />
        <p class="small muted">It is kept in this tab until you close it, and nowhere else.</p>
      </div>
      <button type="submit" class="button primary large" data-testid="sign-in" aria-disabled={busy}>
        {busy ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  )
}

void loginFromLink()
mount(<Page />)
