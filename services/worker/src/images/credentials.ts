/** Credentials: what private registries want to hear, from a file as `docker login` writes it. */
import { readFile } from 'node:fs/promises'
import { AppError } from '@traboule/protocol'
import { z } from 'zod'

export type Login = Readonly<{ username: string; password: string }>

export type Credentials = Readonly<{
  /** Undefined where nobody logged in. */
  of(registry: string): Login | undefined
}>

const schema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.base64().max(16_384) })),
})

/** The name under which engines keep the login of the hub. */
const HUB = 'https://index.docker.io/v1/'

export const noCredentials: Credentials = { of: () => undefined }

/** Throws `file/unreadable` and `file/malformed`. */
export async function readCredentials(path: string | undefined): Promise<Credentials> {
  if (path === undefined) return noCredentials
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new AppError('file/unreadable', `${path} cannot be read.`, { path }, cause)
  })
  const logins = parse(text)
  if (!logins)
    throw new AppError('file/malformed', `${path} holds no logins as docker login writes them.`, {
      path,
    })
  return { of: (registry) => logins.get(registry === 'docker.io' ? HUB : registry) }
}

function parse(text: string): Map<string, Login> | undefined {
  try {
    const { auths } = schema.parse(JSON.parse(text))
    return new Map(Object.entries(auths).map(([host, { auth }]) => [host, loginIn(auth)]))
  } catch {
    return undefined
  }
}

function loginIn(auth: string): Login {
  const text = Buffer.from(auth, 'base64').toString()
  const at = text.indexOf(':')
  if (at < 1) throw new Error('no colon')
  return { username: text.slice(0, at), password: text.slice(at + 1) }
}
