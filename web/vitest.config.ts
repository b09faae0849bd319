import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { include: ['{sdk,src}/**/*.test.ts', 'e2e/*.test.mjs'], environment: 'node' } })
