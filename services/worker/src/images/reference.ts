/** Reference: which image an app on chain names. The checksum beside it is what it is held to. */
import { AppError, Scalar } from '@traboule/protocol'
import type { Hex } from 'viem'

/** One image. Tags move, so only the digest is ever asked for. */
export type Image = Readonly<{
  /** Host, with a port where there is one. */
  registry: string
  name: string
  /** Of the manifest, as registries write it. */
  digest: `sha256:${string}`
}>

const MOST_CHARACTERS = 512
const word = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const host = `(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?`
const REFERENCE = new RegExp(
  `^(?:(?<host>${host})/)?(?<name>${word}(?:/${word})*)(?::[\\w][\\w.-]{0,127})?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
)
const SIMPLE = new RegExp(`^${word}$`)
/** What engines take when no registry is named. */
const HUB = 'docker.io'

/**
 * The image at `location`, such as `docker.io/me/app:1.2`, whose manifest has this checksum. Throws
 * `image/malformed`, and `app/checksum-mismatch` where the location itself names another digest.
 */
export function imageOf(location: string, checksum: Hex): Image {
  const digest: Image['digest'] = `sha256:${checksum.slice(2)}`
  const shown = location.slice(0, MOST_CHARACTERS)
  const found = location.length <= MOST_CHARACTERS && parse(location)
  if (!found || checksum === Scalar.nullBytes32)
    throw new AppError('image/malformed', `${shown} with ${checksum} names no image.`, {
      location: shown,
      checksum,
    })
  if (found.digest !== undefined && found.digest !== digest)
    throw new AppError('app/checksum-mismatch', `${shown} is not the image that is announced.`, {
      ...{ resource: shown, checksum, found: `0x${found.digest.slice(7)}` },
    })
  return { registry: found.registry, name: found.name, digest }
}

/** As engines want it, digest and all. */
export function textOf({ registry, name, digest }: Image): string {
  return `${registry}/${name}@${digest}`
}

function parse(location: string) {
  const { host, name, digest } = splitHost(location) ?? {}
  if (name === undefined) return undefined
  const registry = host === undefined || host === 'index.docker.io' ? HUB : host.toLowerCase()
  // The hub's own images live in a folder that people leave out.
  const full = registry === HUB && !name.includes('/') ? `library/${name}` : name
  return { registry, name: full, digest }
}

/** The first word is a host only if it looks like one: `me/app` is an image of `me` at the hub. */
function splitHost(location: string) {
  const groups = REFERENCE.exec(location)?.groups
  const { host, name, digest } = groups ?? {}
  if (name === undefined) return undefined
  if (host === undefined || /[.:]/.test(host) || host === 'localhost') return { host, name, digest }
  return SIMPLE.test(host) ? { host: undefined, name: `${host}/${name}`, digest } : undefined
}
