/** `traboule doctor`: whether everything that commands need is there, and what to do if not. */
import { Amount, AppError } from '@traboule/protocol'
import { account, category, type Network, profile } from '@traboule/sdk'
import type { Command } from 'commander'
import { formatEther } from 'viem'
import type { Known } from '../networks.ts'
import { type Answer, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('check the network, its services and your wallet')
    .action(act(doctor))
}

/** A check answers with what it found, or throws what is wrong. */
type Check = Readonly<{ name: string; look: () => Promise<string> }>
type Finding = Readonly<{ name: string; ok: boolean; found: string; hint?: string }>

async function doctor(session: Session): Promise<Answer> {
  const findings: Finding[] = []
  const known = await found(findings, { name: 'network', look: () => named(session) }, () =>
    session.where(),
  )
  if (known) {
    const network = await session.read()
    for (const check of checksOf(session, network, known)) await found(findings, check)
  }
  const rows = findings.map(({ name, ok, found: what, hint }) => [
    ...[ok ? 'ok' : 'NOT', name, hint === undefined ? what : `${what} ${hint}`],
  ])
  const healthy = findings.every(({ ok }) => ok)
  if (healthy) return { json: { healthy, findings }, text: table(['', 'check', 'found'], rows) }
  const sick = findings.filter(({ ok }) => !ok)
  const fields = table(['', 'check', 'found'], rows)
  throw new AppError('network/unhealthy', `${sick.length} of ${findings.length} checks failed.`, {
    ...{ findings, fields },
  })
}

/** Notes how a check went; gives what `then` makes of a good one. */
async function found<T>(
  findings: Finding[],
  { name, look }: Check,
  then?: () => Promise<T>,
): Promise<T | undefined> {
  try {
    findings.push({ name, ok: true, found: await look() })
    return await then?.()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    findings.push({ name, ok: false, found: error.message, hint: error.hint })
    return undefined
  }
}

async function named(session: Session): Promise<string> {
  const { name, path } = await session.where()
  return `${name} (${path})`
}

function checksOf(session: Session, network: Network, { profile: facts }: Known): Check[] {
  const services = Object.keys(facts.urls) as profile.Service[] // the keys of the profile's schema
  return [
    {
      name: 'chain',
      async look() {
        await network.ensureChain()
        return `chain ${facts.chainId} at ${facts.rpcUrl}`
      },
    },
    {
      name: 'hub',
      async look() {
        const all = await category.list(network)
        return `${facts.hub} with ${all.length} categories`
      },
    },
    ...services.map((service) => ({ name: service, look: () => answers(network, service) })),
    {
      name: 'wallet',
      async look() {
        const { address, coin, wallet, stake } = await account.show(
          network,
          await session.address(),
        )
        const has = `${Amount.format(wallet)} and ${Amount.format(stake)} of stake`
        if (coin > 0n) return `${address} has ${formatEther(coin)} ETH, ${has}`
        throw new AppError('chain/out-of-gas-money', `${address} has no coin to pay for gas.`)
      },
    },
  ]
}

/** Any answer below 500 shows that somebody is there. */
async function answers(network: Network, service: profile.Service): Promise<string> {
  const url = profile.urlOf(network.profile, service)
  const response = await network
    .fetch(url, { signal: AbortSignal.timeout(5_000) })
    .catch((cause) => {
      throw new AppError('service/unreachable', `${url} does not answer.`, { url }, cause)
    })
  if (response.status < 500) return url
  const { status } = response
  throw new AppError('service/bad-answer', `${url} answers ${status}.`, { url, status })
}
