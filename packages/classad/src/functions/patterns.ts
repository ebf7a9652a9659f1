/**
 * Patterns: regular expressions in time linear in the text.
 *
 * RE2's syntax, not Perl's: without back references and looking around, nobody can write a
 * pattern that takes for ever.
 */
import { RE2JS } from 're2js'
import { ERROR } from '../expr.ts'
import { charge } from '../limits.ts'
import type { Session } from '../session.ts'
import { isList, type Value } from '../value.ts'
import { type Fn, strict } from './function.ts'

/** What one state of a pattern costs at one character, in steps. */
const COST = 1 / 16

type Pattern = Readonly<{
  on(text: string): ReturnType<RE2JS['matcher']>
}>

const flags: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
}

/** A pattern, unless it is none. Each text it is used on is charged for. */
function compile(source: Value, options: Value, { budget }: Session): Pattern | undefined {
  if (typeof source !== 'string' || typeof options !== 'string') return undefined
  charge(budget, 1 + source.length)
  const set = [...options.toLowerCase()].reduce((all, each) => all | (flags[each] ?? 0), 0)
  try {
    const pattern = RE2JS.compile(source, set)
    const states = pattern.programSize()
    charge(budget, Math.ceil(states * COST))
    return {
      on(text) {
        charge(budget, Math.ceil(states * text.length * COST))
        return pattern.matcher(text)
      },
    }
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('RE2JS')) return undefined
    throw error
  }
}

function matches(source: Value, target: Value, options: Value, run: Session): Value {
  const pattern = compile(source, options, run)
  return pattern && typeof target === 'string' ? pattern.on(target).find() : ERROR
}

function anyMatches(source: Value, targets: Value, options: Value, run: Session): Value {
  const pattern = compile(source, options, run)
  if (!pattern || !isList(targets)) return ERROR
  for (const target of targets) {
    if (typeof target === 'string' ? pattern.on(target).find() : target !== undefined)
      return typeof target === 'string' ? true : ERROR
  }
  return targets.includes(undefined) ? undefined : false
}

type Substitution = Readonly<{ source: Value; target: Value; by: Value; options: Value }>

/** What a match becomes: `\1` is its first group, `\0` the whole. */
function filled(by: string, match: ReturnType<RE2JS['matcher']>): string {
  return by.replace(/\\(.)/gs, (_, code: string) => {
    if (!/\d/.test(code)) return code
    return Number(code) <= match.groupCount() ? (match.group(Number(code)) ?? '') : ''
  })
}

/** Without `f` only what the matches became; with `g` for every match. */
function substitute({ source, target, by, options }: Substitution, run: Session): Value {
  const pattern = compile(source, options, run)
  if (!pattern || typeof target !== 'string' || typeof by !== 'string') return ERROR
  const full = /f/i.test(String(options))
  const every = /g/i.test(String(options))
  const match = pattern.on(target)
  let made = ''
  let after = 0
  while (match.find()) {
    const part = filled(by, match)
    charge(run.budget, 1 + Math.ceil(part.length * COST))
    made += (full ? target.slice(after, match.start()) : '') + part
    after = match.end()
    if (!every) break
  }
  return full ? made + target.slice(after) : made
}

const substituting = (fixed: string) =>
  strict([3, 4], ([source, target, by, options = ''], run) =>
    typeof options === 'string'
      ? substitute({ source, target, by, options: options + fixed }, run)
      : ERROR,
  )

export const patterns: Readonly<Record<string, Fn>> = {
  regexp: strict([2, 3], ([source, target, options = ''], run) =>
    matches(source, target, options, run),
  ),
  regexpmember: strict([2, 3], ([source, targets, options = ''], run) =>
    anyMatches(source, targets, options, run),
  ),
  regexps: substituting(''),
  replace: substituting('f'),
  replaceall: substituting('fg'),
}
