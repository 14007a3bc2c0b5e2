import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    alias: [
      { find: /^hawser$/, replacement: source('index.ts') },
      { find: /^hawser\/axios$/, replacement: source('axios/index.ts') },
      { find: /^hawser\/github$/, replacement: source('connectors/github/index.ts') },
      { find: /^hawser\/slack$/, replacement: source('connectors/slack/index.ts') },
      { find: /^hawser\/shopify$/, replacement: source('connectors/shopify/index.ts') },
      { find: /^hawser\/stripe$/, replacement: source('connectors/stripe/index.ts') },
      { find: /^hawser\/testing$/, replacement: source('testing/index.ts') },
      { find: /^hawser\/webhooks$/, replacement: source('webhooks/index.ts') },
      { find: /^hawser\/undici$/, replacement: source('undici/index.ts') },
      { find: /^hawser\/oauth$/, replacement: source('oauth/index.ts') },
      { find: /^hawser\/signing$/, replacement: source('signing/index.ts') },
      { find: /^hawser\/stores$/, replacement: source('stores/index.ts') },
    ],
  },
})

export default config
