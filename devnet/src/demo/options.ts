/** Options: what `npm start` can be told. */
import { parseArgs } from 'node:util'
import { AppError } from '@traboule/protocol'
import { z } from 'zod'

export const usage = `npm start -- [options]

  --once             exit after the picture instead of staying up
  --scene FILE       a scene of your own (see examples/render/README.md)
  --size WxH         size of the picture in pixels            (640x360)
  --tiles N          tasks in the bag, one tile each          (12)
  --trust N          a wrong tile is less likely than 1 in N  (5)
  --honest           no worker lies
  --out FILE         where the picture goes
  --ports free       use any free ports instead of the usual ones
  --broker           the market matches requests in its book by itself
  --folder DIR       where the devnet keeps its files         (.traboule)
  --help             this text
`

const size = z
  .string()
  .regex(/^\d{1,5}x\d{1,5}$/, 'must look like 640x360')
  .transform((text) => text.split('x').map(Number))
  .pipe(z.tuple([z.number().int().min(16).max(7_680), z.number().int().min(16).max(4_320)]))

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const schema = z.object({
  once: z.boolean().default(false),
  scene: z.string().optional(),
  size: size.default([640, 360]),
  tiles: whole(1, 256).default(12),
  trust: whole(1, 1_000).default(5),
  honest: z.boolean().default(false),
  broker: z.boolean().default(false),
  out: z.string().optional(),
  ports: z.enum(['fixed', 'free']).default('fixed'),
  folder: z.string().default('.traboule'),
  help: z.boolean().default(false),
})

export type Options = Readonly<z.output<typeof schema>>

/** The options in these arguments. Throws `request/invalid` naming the first that is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const parsed = schema.safeParse(valuesOf(args))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const sentence = `--${issue?.path.join('.')}: ${issue?.message}.`
  throw new AppError('request/invalid', sentence, { usage })
}

function valuesOf(args: readonly string[]): object {
  const flag = { type: 'boolean' } as const
  const value = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{
          once: flag,
          honest: flag,
          broker: flag,
          help: flag,
          scene: value,
          size: value,
          tiles: value,
        },
        ...{ trust: value, out: value, ports: value, folder: value },
      },
    }).values
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message.split('. ')[0] : String(cause)
    throw new AppError('request/invalid', `${sentence}.`, { usage }, cause)
  }
}
