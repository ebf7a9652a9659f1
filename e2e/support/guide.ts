/**
 * Guide: a page of documentation, followed word for word.
 *
 * Every `sh` block runs in one shell, every `ts` block as a program in that shell's folder, in the
 * order of the page. A `text` block is what the block before it must have answered: `…` stands for
 * anything within a line, a line `…` for any lines.
 */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

export type Block = Readonly<{ language: string; code: string; line: number }>

const DONE = '\u0004'

/** The fenced blocks of a page. */
export function blocksIn(markdown: string): Block[] {
  const found = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...found].map(({ 1: language = '', 2: code = '', index }) => ({
    ...{ language, code },
    line: markdown.slice(0, index).split('\n').length,
  }))
}

/** One script of the page's blocks; each ends with a mark, so that its output is known. */
function scriptOf(blocks: readonly Block[]): string {
  const steps = blocks.map(({ language, code, line }) => {
    const program = `cat > guide-${line}.ts <<'END_OF_PROGRAM'\n${code}END_OF_PROGRAM\n`
    const step = language === 'ts' ? `${program}node guide-${line}.ts\n` : code
    return `${step}printf '${DONE}'\n`
  })
  // What a guide leaves running, such as a service, ends with it.
  return `set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n${steps.join('')}`
}

/** What blocks of a page are read by a machine; others are only shown. */
const runnable = ({ language }: Block) => language === 'sh' || language === 'ts'

export type Place = Readonly<{ cwd: string; env: Readonly<Record<string, string | undefined>> }>

/** Follows a page, and compares what it promises with what came. */
export async function follow(page: string, place: Place): Promise<void> {
  const blocks = blocksIn(readFileSync(page, 'utf8'))
  const steps = blocks.filter(runnable)
  const { code, out, err } = await bash(scriptOf(steps), place)
  const outputs = out.split(DONE)
  if (code !== 0) {
    const { line, code: failed } = steps[outputs.length - 1] ?? { line: 0, code: '' }
    throw new Error([`${page}:${line} ended with ${code}:`, failed, outputs.at(-1), err].join('\n'))
  }
  for (const [at, block] of blocks.entries()) {
    if (block.language !== 'text') continue
    const before = blocks.slice(0, at).filter(runnable).length
    const where = `${page}:${block.line}`
    expect(outputs[before - 1]?.trimEnd(), where).toMatch(patternOf(block.code.trimEnd()))
  }
}

/** A promised output as a pattern. */
export function patternOf(text: string): RegExp {
  const lines = text.split('\n').map((line) => {
    if (line === '…') return '(?:.*\\n)*?.*'
    return line.split('…').map(escaped).join('.*')
  })
  return new RegExp(`^${lines.join('\\n')}$`)
}

/** Columns may be wider than on the page. */
const escaped = (text: string) =>
  text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ {2,}/g, ' {2,}')

type Ended = Readonly<{ code: number | null; out: string; err: string }>

function bash(script: string, { cwd, env }: Place): Promise<Ended> {
  const file = join(cwd, 'guide.sh')
  writeFileSync(file, script)
  const child = spawn('bash', [file], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    ended.out += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    ended.err += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ended })))
}
