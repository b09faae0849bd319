// Type-checks, tests, and proves that the committed dist is what the sources
// build to.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from './vite.mjs'

const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })

run('node_modules/typescript/bin/tsc', '--noEmit')
run('node_modules/vitest/vitest.mjs', 'run')

const fresh = mkdtempSync(join(tmpdir(), 'tonegate-dist-'))
try {
  run('scripts/build.mjs', fresh)
  const files = (dir) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
      .sort()
  const committed = join(root, 'dist')
  const all = new Set([...files(committed), ...files(fresh)])
  const read = (dir, name) => {
    try {
      return readFileSync(join(dir, name))
    } catch {
      return null
    }
  }
  const drifted = [...all].filter((name) => {
    const [a, b] = [read(committed, name), read(fresh, name)]
    return !a || !b || !a.equals(b)
  })
  if (drifted.length > 0) {
    console.error(`web/dist is not what the sources build to; run "npm run build" and commit:\n  ${drifted.join('\n  ')}`)
    process.exitCode = 1
  } else {
    console.log(`web/dist is up to date (${all.size} files)`)
  }
} finally {
  rmSync(fresh, { recursive: true })
}
