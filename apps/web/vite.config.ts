import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

/** While developing, `/config.json` is what the devnet of this checkout serves. */
const devnetConfig: Plugin = {
  name: 'devnet-config',
  configureServer(server) {
    server.middlewares.use('/config.json', async (_, answer) => {
      const announced = new URL('../../.traboule/devnet.json', import.meta.url)
      const { urls } = JSON.parse(await readFile(announced, 'utf8')) as { urls: { web: string } } // written by the devnet
      const response = await fetch(new URL('/config.json', urls.web))
      answer.setHeader('content-type', 'application/json').end(await response.text())
    })
  },
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [devnetConfig],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    // A strict content security policy has no place for data URLs in styles and scripts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
