#!/usr/bin/env node
// Forge wants a native compiler; npm has the same compiler as WebAssembly. This speaks for it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const solc = createRequire(import.meta.url)('solc')

/** Forge sends the sources, but names those outside its root in a way their own imports miss. */
function load(path) {
  try {
    return { contents: readFileSync(new URL(path, import.meta.url), 'utf8') }
  } catch (error) {
    return { error: error.message }
  }
}

if (process.argv.includes('--version')) {
  const version = solc.version().replace('.Emscripten.clang', '.Linux.g++')
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8'), { import: load }))
}
