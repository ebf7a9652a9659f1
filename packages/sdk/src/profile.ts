/** Profile: where one network is. `devnet.json` is a profile with more in it. */
import { AppError, Scalar } from '@traboule/protocol'
import { z } from 'zod'

const url = z.url({ protocol: /^https?$/ })

const schema = z.object({
  rpcUrl: url,
  chainId: z.number().int().positive(),
  hub: Scalar.address,
  /** The ERC-20 that pays; the null address where the chain's own coin does. */
  token: Scalar.address.default(Scalar.nullAddress),
  appRegistry: Scalar.address,
  datasetRegistry: Scalar.address,
  workerpoolRegistry: Scalar.address,
  /** The workerpool that answers unless another is named. */
  workerpool: Scalar.address.optional(),
  /** The block at which the hub was deployed: no event is older. */
  fromBlock: z.coerce.bigint().default(0n),
  /** Milliseconds between looks at the chain. */
  pollMs: z.number().int().positive().optional(),
  /** Where names are kept, and the resolver that new ones get. */
  ens: z.object({ registry: Scalar.address, resolver: Scalar.address.optional() }).optional(),
  /** What enclaves are worth here, such as `simulated, not confidential`. */
  tee: z.string().max(80).optional(),
  urls: z
    .object({
      market: url,
      storage: url,
      ipfsGateway: url,
      sms: url,
      scheduler: url,
      compass: url,
      resultProxy: url,
      ipfsNode: url,
      web: url,
    })
    .partial()
    .default({}),
})

/** A network: its chain, its contracts and its services. */
export type Profile = Readonly<z.output<typeof schema>>
export type Service = keyof Profile['urls']

/**
 * A profile from untrusted JSON; unknown keys are left out. Throws `file/malformed`.
 *
 * @example
 * ```ts
 * const known = profile.parse(JSON.parse(devnetJson))
 * ```
 */
export function parse(input: unknown): Profile {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new AppError('file/malformed', `This is not a network profile: ${fields[0]}.`, { fields })
}

/**
 * Where a service of the network is. Throws `network/no-service`.
 *
 * @example
 * ```ts
 * const url = profile.urlOf(network.profile, 'market')
 * ```
 */
export function urlOf(profile: Profile, service: Service): string {
  const found = profile.urls[service]
  if (found !== undefined) return found
  throw new AppError('network/no-service', `This network's profile names no ${service}.`, {
    service,
    known: Object.keys(profile.urls),
  })
}
