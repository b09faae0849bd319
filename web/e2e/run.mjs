// What the runs in real browsers begin and end with: a folder that goes with
// them, a limit to their time, checks that are said as they are made, and a sum.
import { mkdtempSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

export function beginRun(name) {
  try {
    // Sound is lost when a busy machine lets it wait; children inherit this.
    setPriority(-15)
  } catch {
    // Not allowed everywhere, and only a help.
  }
  const folder = mkdtempSync(join(tmpdir(), `tonegate-${name}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))
  setTimeout(() => {
    console.error('FAIL the run took longer than five minutes')
    process.exit(1)
  }, 300_000).unref()

  const began = Date.now()
  const failures = []
  const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`)
  const check = (ok, what) => {
    say(`${ok ? 'ok  ' : 'FAIL'} ${what}`)
    if (!ok) failures.push(what)
  }
  const finish = (well) => {
    say(`${name}: ${failures.length === 0 ? well : `${failures.length} failures\n  ${failures.join('\n  ')}`}`)
    process.exit(failures.length === 0 ? 0 : 1)
  }
  return { folder, say, check, finish }
}
