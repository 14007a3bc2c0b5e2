import { defineConfig, type Options } from 'tsup'

const config: Options = {
  entry: {
    index: 'src/index.ts',
    axios: 'src/axios/index.ts',
    github: 'src/connectors/github/index.ts',
    stripe: 'src/connectors/stripe/index.ts',
    slack: 'src/connectors/slack/index.ts',
    shopify: 'src/connectors/shopify/index.ts',
    testing: 'src/testing/index.ts',
    webhooks: 'src/webhooks/index.ts',
    cli: 'src/cli/main.ts',
    undici: 'src/undici/index.ts',
    oauth: 'src/oauth/index.ts',
    signing: 'src/signing/index.ts',
    stores: 'src/stores/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'node20',
  // One copy of every class: without splitting, `error instanceof HttpError` is false between `hawser` and `hawser/github`.
  splitting: true,
  clean: true,
  treeshake: false,
  removeNodeProtocol: false,
  // tsup's declaration builder sets `baseUrl`, which TypeScript 6 reports as deprecated (TS5101).
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
}

const tsup: ReturnType<typeof defineConfig> = defineConfig(config)

export default tsup
