// node scripts/build.mjs OUTDIR: builds pages, SDK and its type declarations.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { pages, recorder, root, sdk } from './vite.mjs'

const out = resolve(process.argv[2] ?? join(root, 'dist'))
await build(pages(out))
await build(sdk(out))
await build(recorder(out))
// Worklets are loaded by address.
copyFileSync(join(root, 'sdk/recorder/recorder.worklet.js'), join(out, 'sdk/recorder.worklet.js'))

const declarations = mkdtempSync(join(tmpdir(), 'tonegate-types-'))
try {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.sdk.json'), '--outDir', declarations], {
    stdio: 'inherit',
  })
  // The entries' declarations lean on one another and on nothing else.
  for (const name of ['tonegate', 'types', 'errors', 'pages', 'recorder', 'recorder-types']) {
    copyFileSync(join(declarations, `${name}.d.ts`), join(out, 'sdk', `${name}.d.ts`))
  }
} finally {
  rmSync(declarations, { recursive: true })
}
