/** Me: somebody who works with the library of one version. */
import type { Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { test } from 'vitest'
import { type IExec, openLibrary, openWallets, type Utils } from '../iexec.ts'
import type { Market, Person } from '../market.ts'
import type { Version } from '../packages.ts'

export type Me = Person &
  Readonly<{
    version: Version
    iexec: IExec
    utils: Utils
    market: Market
    /** The same library in somebody else's hands, with other settings if need be. */
    as(privateKey: Hex, over?: object): IExec
    /** As `as`, with the wallet that the library makes by itself. */
    fromKey(privateKey: Hex): IExec
  }>

export async function openMe(version: Version, market: Market): Promise<Me> {
  const { rpcUrl } = market.facts
  const [{ IExec, utils }, person] = await Promise.all([openLibrary(version), market.person()])
  const walletOf = await openWallets(market.facts)
  const open = (ethProvider: object, over: object = {}) =>
    new IExec({ ethProvider }, { ...optionsOf(version, market), ...over })
  const as = (privateKey: Hex, over?: object) => open(walletOf(privateKey), over)
  const fromKey = (privateKey: Hex) => open(utils.getSignerFromPrivateKey(rpcUrl, privateKey))
  return { ...person, version, market, utils, as, fromKey, iexec: as(person.privateKey) }
}

function optionsOf(version: Version, { facts }: Market): object {
  const { ens, hub, urls } = facts
  return {
    hubAddress: hub,
    iexecGatewayURL: urls.market,
    smsURL: urls.sms,
    ipfsGatewayURL: urls.ipfsGateway,
    ipfsNodeURL: urls.ipfsNode,
    compassURL: urls.compass,
    ...(version.startsWith('8.') && {
      resultProxyURL: urls.resultProxy,
      ensPublicResolverAddress: ens.resolver,
    }),
  }
}

/** Clients of 9.x buy no dataset whose key is not kept: its owner pushes one. */
export async function sealTexts(market: Market): Promise<void> {
  const owner = market.facts.accounts.find(({ role }) => role === 'datasetOwner')
  const { as } = await openMe('9.0.1', market)
  const { dataset } = as(owner?.privateKey ?? '0x')
  for (const address of [market.rhyme, market.couplet])
    await dataset.pushDatasetSecret(address, dataset.generateEncryptionKey())
}

/** An address that nobody has used. */
export function stranger(): Person {
  const privateKey = generatePrivateKey()
  return { privateKey, address: privateKeyToAccount(privateKey).address }
}

/** One step of a journey: the steps of one version come one after the other. */
export function step(sentence: string, act: () => Promise<void>): void {
  test(sentence, { concurrent: false }, act)
}
