/**
 * Packages: the published `iexec` clients, installed unmodified beside this file.
 *
 * They are no dependencies of the root: who starts a market or runs the other suites does not pay
 * for them. The first run of this suite installs them and needs the npm registry.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const HERE = import.meta.dirname
const STAMP = join(HERE, 'node_modules', '.installed')

/** What is tried, and the name under which `package.json` installs it. */
const packages = { '8.24.0': 'iexec8', '9.0.1': 'iexec9' } as const
export type Version = keyof typeof packages
export const versions = Object.keys(packages) as readonly Version[] // the table's own keys

/** Installs both versions unless they are there, exactly as the lockfile says. */
export async function install(): Promise<void> {
  const wanted = await readFile(join(HERE, 'package-lock.json'), 'utf8')
  if (existsSync(STAMP) && (await readFile(STAMP, 'utf8')) === wanted) return
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { code, output } = await ran('npm', ['ci', ...flags], { cwd: HERE })
  if (code !== 0)
    throw new Error(
      `The published iexec packages could not be installed. This suite needs the npm registry once; the others do not: npm test -- unit integration forge.\n${output}`,
    )
  await writeFile(STAMP, wanted)
}

/** The library of a version: its `IExec` class and `utils`. */
export function libraryOf(version: Version): Promise<unknown> {
  return import(packages[version])
}

/** The ethers that both libraries use. */
export function ethersOf(): Promise<unknown> {
  const installed = 'ethers' // beside this file only, and only after `install`
  return import(installed)
}

type Ran = Readonly<{ code: number; output: string }>

function ran(command: string, args: readonly string[], { cwd }: { cwd: string }): Promise<Ran> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** Where a version is installed. */
export function directoryOf(version: Version): string {
  return join(HERE, 'node_modules', packages[version])
}

/**
 * The program that a command of a version runs. `iexec <noun>` starts `iexec-<noun>.js` and does
 * nothing else; starting that directly halves the time of a command.
 */
export function programOf(version: Version, noun: string): string {
  const folder = join(directoryOf(version), 'dist', 'esm', 'cli', 'cmd')
  const own = join(folder, `iexec-${noun}.js`)
  return existsSync(own) ? own : join(folder, 'iexec.js')
}
