/** Images: what runners of images are tested with, made from scratch once a test file. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Recipe } from './support/registry.ts'

/** The program of test/images, compiled to stand alone; undefined without a compiler. */
export function compileProgram(): Buffer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'traboule-program-'))
  const out = join(folder, 'program')
  try {
    const source = join(import.meta.dirname, 'images/program.c')
    execFileSync('gcc', ['-static', '-Os', '-s', '-w', '-o', out, source], { stdio: 'pipe' })
    return readFileSync(out)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether bubblewrap is here. */
export const hasBubblewrap = () => !spawnSync('bwrap', ['--version']).error

/** An image with nothing but the program, which asks for everything that it does not get. */
export const recipeOf = (program: Buffer): Recipe => ({
  layers: [[{ path: 'program', content: program }]],
  config: { Entrypoint: ['/program'], Env: ['ACCENT=of the image'], User: '0:0' },
})
