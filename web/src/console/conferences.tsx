import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { TonegateError } from '../../sdk/tonegate'
import { Badge, Fault, type Tone } from '../ui/parts'
import { ROLE } from '../ui/words'
import { type Conference, conferences, signIn, signOut } from './api'

const STATE: Record<Conference['state'], [words: string, tone: Tone]> = {
  created: ['Nobody joined yet', 'info'],
  active: ['Active', 'ok'],
  ended: ['Ended', 'plain'],
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

export function Conferences() {
  const items = useSignal<Conference[] | null>(null)
  const error = useSignal<unknown>(null)
  useEffect(() => {
    let stopped = false
    let timer: ReturnType<typeof setTimeout>
    const poll = async () => {
      try {
        const page = await conferences()
        if (stopped) return
        items.value = page.items
        error.value = null
      } catch (cause) {
        if (stopped) return
        if (cause instanceof TonegateError && cause.code === 'unauthorized') {
          // A console key lasts only so long.
          signIn.value = { busy: false, error: cause }
          signOut()
          return
        }
        error.value = cause
      }
      timer = setTimeout(() => void poll(), 2000)
    }
    void poll()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [])
  return (
    <section class="stack" aria-labelledby="calls">
      <h2 id="calls">Conferences</h2>
      {error.value ? <Fault error={error.value} /> : null}
      {items.value === null ? (
        !error.value && (
          <div class="card row" role="status">
            <span class="spinner" /> Loading conferences…
          </div>
        )
      ) : items.value.length === 0 ? (
        <div class="card empty">
          <p>
            <strong>No conferences yet.</strong>
          </p>
          <p class="small muted">
            Start a demonstration call above, or create one with <code>POST /v1/conferences</code>.
          </p>
        </div>
      ) : (
        <div class="card table-wrap" tabindex={0} role="region" aria-label="Table of conferences">
          <table>
            <thead>
              <tr>
                <th scope="col">Conference</th>
                <th scope="col">State</th>
                <th scope="col">On the call</th>
                <th scope="col">Created</th>
              </tr>
            </thead>
            <tbody>
              {items.value.map((item) => (
                <Row key={item.id} item={item} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Row({ item }: { item: Conference }) {
  const [words, tone] = STATE[item.state]
  const present = item.legs.filter((l) => l.state === 'connected' || l.state === 'reconnecting').map((l) => ROLE[l.role])
  return (
    <tr>
      <td>
        <code>{item.external_id || item.id}</code>
        {item.demonstration && <span class="tag">Demonstration</span>}
      </td>
      <td>
        <Badge tone={tone}>{words}</Badge>
      </td>
      <td>{present.length > 0 ? present.join(', ') : <span class="muted">Nobody</span>}</td>
      <td class="tabular">{time.format(new Date(item.created_at))}</td>
    </tr>
  )
}
