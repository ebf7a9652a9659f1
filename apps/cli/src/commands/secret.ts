/** `traboule secret`: what the network keeps for enclaves. Values are never arguments. */
import { resolve } from 'node:path'
import { AppError, Secret } from '@traboule/protocol'
import { encryption, secret } from '@traboule/sdk'
import type { Command } from 'commander'
import { secret as ask, piped, somebodyThere } from '../ask.ts'
import { readBytes, writePrivate } from '../files.ts'
import { type Answer, facts } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('secret').description('what the network keeps for enclaves')
  const which = (command: Command) =>
    command
      .option('--dataset <address>', 'the key of this dataset')
      .option('--app <address>', 'the secret of this app’s developer')
      .option('--user', 'a secret of the account itself, which may be replaced')
      .option('--result-key', 'the public key (PEM) that your results are encrypted with')
  which(noun.command('push [name]'))
    .description('keep a secret: read from --file, a pipe, or typed unseen')
    .option('--file <file>', 'where the value is')
    .option('--replace', 'replace a secret of the account itself')
    .action(act(push))
  which(noun.command('check [name]'))
    .description('whether a secret is kept')
    .option('--of <account>', 'whose, if not yours')
    .action(act(check))
  noun
    .command('keys <file>')
    .description('make a key pair for encrypted results: <file>.pem, and <file>.pub to push')
    .action(act(keys))
}

type Which = { dataset?: string; app?: string; user?: boolean; resultKey?: boolean }
type Pushing = Which & { file?: string; replace?: boolean }

async function push(session: Session, options: Pushing, name?: string): Promise<Answer> {
  const place = await placeOf(session, options, name)
  const value = await readValue(session, options)
  const network = await session.act()
  if (options.resultKey) await secret.pushResultKey(network, value)
  else if (options.replace) await secret.replace(network, replaceable(place), value.trim())
  else await secret.push(network, place, value.trim())
  return { json: { ...place, kept: true }, text: 'Kept.' }
}

async function check(
  session: Session,
  { of, ...options }: Which & { of?: string },
  name?: string,
): Promise<Answer> {
  const place = await placeOf(session, options, name)
  const own = 'name' in place
  const owner = of === undefined ? undefined : await session.addressOf(of)
  const whose = own ? { ...place, owner: owner ?? (await session.address()) } : place
  const kept = await secret.check(await session.read(), whose)
  return { json: { ...whose, kept }, text: kept ? 'It is kept.' : 'It is not kept.' }
}

async function keys(session: Session, _: object, path: string): Promise<Answer> {
  const at = resolve(session.at.cwd, path)
  const [privateKey, publicKey] = [`${at}.pem`, `${at}.pub`]
  const pair = await encryption.generateKeyPair()
  await writePrivate(privateKey, pair.privateKey)
  await writePrivate(publicKey, pair.publicKey)
  const said = { 'private key': privateKey, 'public key': publicKey }
  return { json: { privateKey, publicKey }, text: facts(said) }
}

async function placeOf(session: Session, which: Which, name?: string): Promise<secret.Place> {
  const { dataset, app, user, resultKey } = which
  const said = [dataset, app, resultKey, name].filter((each) => each !== undefined)
  if (said.length !== 1) {
    const sentence = 'Name one secret: a name, --dataset, --app or --result-key.'
    throw new AppError('command/invalid', sentence, {})
  }
  if (dataset !== undefined) return { kind: 'dataset', owner: await session.addressOf(dataset) }
  if (app !== undefined) return { kind: 'app', owner: await session.addressOf(app) }
  if (resultKey) return { kind: 'user', name: Secret.RESULT_KEY }
  return { kind: user ? 'user' : 'requester', name: name ?? '' }
}

function replaceable(place: secret.Place): string {
  if (place.kind === 'user') return place.name
  const sentence = 'Only a secret of the account itself (--user) can be replaced.'
  throw new AppError('command/invalid', sentence, { kind: place.kind })
}

async function readValue({ at }: Session, { file }: Pushing): Promise<string> {
  if (file !== undefined) return Buffer.from(await readBytes(resolve(at.cwd, file))).toString()
  return somebodyThere(at) ? ask(at, 'Value: ') : piped(at)
}
