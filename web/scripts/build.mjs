// node scripts/build.mjs OUTDIR: builds pages, SDK and its type declarations.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { pages, root, sdk } from './vite.mjs'

const out = resolve(process.argv[2] ?? join(root, 'dist'))
await build(pages(out))
await build(sdk(out))

const declarations = mkdtempSync(join(tmpdir(), 'tonegate-types-'))
try {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.sdk.json'), '--outDir', declarations], {
    stdio: 'inherit',
  })
  // The entry's declaration leans on these two and on nothing else.
  for (const name of ['tonegate', 'types', 'errors']) {
    copyFileSync(join(declarations, `${name}.d.ts`), join(out, 'sdk', `${name}.d.ts`))
  }
} finally {
  rmSync(declarations, { recursive: true })
}
