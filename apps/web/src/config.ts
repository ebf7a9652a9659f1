/** Config: where the network is and what people call its accounts, served beside the pages. */
import { AppError, Scalar } from '@traboule/protocol'
import { profile } from '@traboule/sdk'
import type { Address } from 'viem'
import { z } from 'zod'

export type Config = Readonly<{
  profile: profile.Profile
  /** Names of known accounts; a devnet has some. */
  names: ReadonlyMap<Address, string>
  /** What to know of enclaves here: that they are simulated, say. */
  tee: string | undefined
}>

const more = z.object({
  names: z.record(z.string(), z.string().max(64)).default({}),
  tee: z.string().max(64).optional(),
})

/** The config served at `origin`. Throws `service/unreachable` or `file/malformed`. */
export async function readConfig(origin: string): Promise<Config> {
  const url = new URL('/config.json', origin)
  const response = await fetch(url).catch((cause: unknown) => {
    throw new AppError('service/unreachable', `${url} does not answer.`, { url }, cause)
  })
  if (!response.ok) {
    const sentence = `${url} answered ${response.status}.`
    throw new AppError('service/unreachable', sentence, { url, status: response.status })
  }
  return parseConfig(await response.json().catch(() => undefined))
}

/** A config from untrusted JSON. Throws `file/malformed`. */
function parseConfig(input: unknown): Config {
  const known = profile.parse(input)
  const parsed = more.safeParse(input)
  if (!parsed.success)
    throw new AppError(
      'file/malformed',
      '`names` must map addresses to names, and `tee` be a sentence.',
    )
  const entries = Object.entries(parsed.data.names).flatMap(([address, name]) => {
    const found = Scalar.address.safeParse(address)
    return found.success ? [[found.data, name] as const] : []
  })
  return { profile: known, names: new Map(entries), tee: parsed.data.tee }
}
