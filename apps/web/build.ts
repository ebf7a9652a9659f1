/** Build: the web application as files for any static server, in the folder named by the argument. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const [, , outDir = 'dist'] = process.argv

// A test runner that starts this says `test`, and React would then bring its tools for developers.
process.env.NODE_ENV = 'production'

await build({
  configFile: fileURLToPath(new URL('./vite.config.ts', import.meta.url)),
  logLevel: 'error',
  build: { outDir, emptyOutDir: true },
})
