/** Scene: what the path tracer draws, checked before anybody pays for it. */
import { AppError } from '@traboule/protocol'
import { z } from 'zod'

const coordinate = z.number().min(-1_000).max(1_000)
const place = z.tuple([coordinate, coordinate, coordinate])
const size = z.number().positive().max(1_000)
const share = z.number().min(0).max(1)
const color = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #ff8800')
const material = z.enum(['diffuse', 'metal', 'glass'])

const sphere = z.strictObject({
  at: place,
  radius: size,
  material: material.default('diffuse'),
  color: color.default('#ffffff'),
  roughness: share.default(0),
})

/** Spheres on the floor in the pattern of a sunflower, leaving out those that would touch others. */
const spiral = z.strictObject({
  at: place,
  count: z.number().int().min(1).max(512),
  start: z.number().min(0).max(1_000).default(0),
  turn: z.number().min(-7).max(7).default(0),
  spacing: size.default(0.5),
  radius: size.default(0.2),
  lastRadius: size.optional(),
  colors: z.array(color).min(1).max(16),
  materials: z.array(material).min(1).max(16).default(['diffuse']),
  roughness: share.default(0),
})

const MAX_SPHERES = 1_024

const schema = z
  .strictObject({
    camera: z.strictObject({
      from: place,
      to: place,
      fov: z.number().min(1).max(150).default(35),
      aperture: share.default(0),
      focus: size.optional(),
    }),
    exposure: z.number().positive().max(100).default(1),
    sky: z.strictObject({ zenith: color, horizon: color, glow: color.default('#000000') }),
    light: z.strictObject({
      at: place,
      radius: size,
      color: color.default('#ffffff'),
      power: z.number().min(0).max(100_000),
    }),
    floor: z.strictObject({
      color,
      otherColor: color.optional(),
      tile: size.default(1),
      gloss: share.default(0),
      fade: size.default(60),
    }),
    spheres: z.array(sphere).max(512).default([]),
    spirals: z.array(spiral).max(8).default([]),
  })
  .refine(
    ({ spheres, spirals }) =>
      spirals.reduce((sum, { count }) => sum + count, spheres.length) <= MAX_SPHERES,
    `must have at most ${MAX_SPHERES} spheres, those of spirals included`,
  )
  .refine(({ camera: { from, to } }) => from[0] !== to[0] || from[2] !== to[2], {
    message: 'must not look straight up or down',
    path: ['camera'],
  })

export type Scene = z.output<typeof schema>

/** The scene of a JSON text from `source`. Throws `file/malformed` with the place of the mistake. */
export function parseScene(text: string, source: string): Scene {
  const at = mistakeIn(text)
  if (at !== undefined) {
    const before = text.slice(0, at).split('\n')
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1]
    const found = at < text.length ? `found ${JSON.stringify(text[at])}` : 'the text ends'
    const sentence = `${source}:${line}:${column} is not JSON: ${found} where something else must be.`
    throw new AppError('file/malformed', sentence, { source, line, column })
  }
  const parsed = schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? issue.path.join('.') : 'the scene'
  throw new AppError('file/malformed', `${source}: ${where}: ${issue?.message}.`, {
    source,
    issues: parsed.error.issues,
  })
}

/** A token of JSON; strings hold anything from the space up, but no bare quote or backslash. */
const TOKEN =
  /[{}[\],:]|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y

/** Index of the first character that JSON does not allow; undefined when it is JSON. */
function mistakeIn(text: string): number | undefined {
  // What may come next: a value, a key, a colon, or what follows a value.
  let wanted = 'value'
  let at = 0
  const open: string[] = []
  for (;;) {
    at += /^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0
    if (at === text.length && wanted === 'end' && open.length === 0) return undefined
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)?.[0]
    const next = token === undefined ? undefined : step(token, wanted, open)
    if (token === undefined || next === undefined) return at
    wanted = next
    at += token.length
  }
}

function step(token: string, wanted: string, open: string[]): string | undefined {
  const inside = open.at(-1)
  if (wanted === 'colon') return token === ':' ? 'value' : undefined
  if (wanted === 'end') {
    if (token === ',' && inside !== undefined) return inside === '{' ? 'key' : 'value'
    return close(token, open)
  }
  if (token === '}' && wanted === 'first key') return close(token, open)
  if (token === ']' && wanted === 'first value') return close(token, open)
  if (wanted.endsWith('key')) return token.startsWith('"') ? 'colon' : undefined
  if (token === '{' || token === '[') {
    open.push(token)
    return token === '{' ? 'first key' : 'first value'
  }
  return /^[}\],:]$/.test(token) ? undefined : 'end'
}

function close(token: string, open: string[]): string | undefined {
  const pair = `${open.at(-1)}${token}`
  if (pair !== '{}' && pair !== '[]') return undefined
  open.pop()
  return 'end'
}
