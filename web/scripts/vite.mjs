// The builds: the pages, and the SDK's two entries, each as one file with a stable name.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(fileURLToPath(import.meta.url), '../..')

const common = { root, configFile: false, logLevel: 'warn' }

export const pages = (outDir) => ({
  ...common,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Data URLs would need holes in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index', 'phone', 'agent', 'ivr'].map((name) => resolve(root, `${name}.html`)),
    },
  },
})

const entry = (name) => (outDir) => ({
  ...common,
  build: {
    outDir,
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: resolve(root, `sdk/${name}.ts`), formats: ['es'], fileName: () => `sdk/${name}.js` },
  },
})

export const sdk = entry('tonegate')
/** Apart, so that only those who record load the cryptography. */
export const recorder = entry('recorder')
