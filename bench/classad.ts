/**
 * ClassAd: how fast requests find their offers among many.
 *
 * `npm run bench:classad` prints how long 1,000 requests take to match 10,000 offers through a pool
 * with indexes, beside evaluating every pair on a sample of the same requests. The two must agree.
 * The last line is one JSON object.
 */
import { parseArgs } from 'node:util'
import { match, openPool, parseAd } from '@traboule/classad'

const { values } = parseArgs({
  options: {
    offers: { type: 'string', default: '10000' },
    requests: { type: 'string', default: '1000' },
    sample: { type: 'string', default: '20' },
  },
})
const [OFFERS, REQUESTS, SAMPLE] = [values.offers, values.requests, values.sample].map(Number)

/** The same numbers in each run. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}
const roll = dice(2026)
const pick = (...all: readonly (string | number)[]) => all[roll(all.length)]

const offer = (n: number) =>
  parseAd(`[Type = "Offer"; Name = "w${n}"; Cpus = ${2 ** roll(7)}; MemoryMB = ${1024 * 2 ** roll(8)};
    DiskGB = ${20 + roll(2_000)}; Gpus = ${roll(10) === 0 ? 1 + roll(8) : 0}; PriceNano = ${1 + roll(1_000)};
    Arch = "${pick('x86_64', 'x86_64', 'aarch64')}"; Region = "${pick('eu', 'us', 'ap', 'sa', 'af')}";
    Reputation = ${roll(100)}; Speed = ${pick('1.0', '1.5', '2.0', '0.5')};
    Runners = {"WASI"${roll(2) === 0 ? ', "DOCKER"' : ''}};
    Busy = ${roll(4) === 0}; Least = PriceNano * ${1 + roll(3)};
    Requirements = other.PayNano >= Least && !Busy${
      roll(5) === 0 ? ` && other.Owner != "0x${roll(50)}"` : ''
    }${roll(20) === 0 ? ' && member("kyc", other.Groups)' : ''};
    Rank = other.PayNano]`)

const request = () =>
  parseAd(`[Type = "Request"; Owner = "0x${roll(50)}"; PayNano = ${200 + roll(1_500)};
    Groups = {${roll(3) === 0 ? '"kyc"' : ''}}; RequestMemory = ${1024 * 2 ** roll(8)};
    RequestCpus = ${2 ** roll(6)};
    Requirements = other.MemoryMB >= RequestMemory && other.Cpus >= RequestCpus
      && other.Arch == "${pick('x86_64', 'aarch64')}"${roll(2) === 0 ? ` && other.Region == "${pick('eu', 'us')}"` : ''}
      && other.PriceNano <= PayNano${roll(8) === 0 ? ' && other.Gpus >= 1' : ''}
      && member("${pick('WASI', 'DOCKER')}", other.Runners);
    Rank = ${pick('other.Reputation', 'other.Speed * 10 - other.PriceNano / 100.0')}]`)

const offers = Array.from({ length: OFFERS ?? 0 }, (_, n) => offer(n))
const requests = Array.from({ length: REQUESTS ?? 0 }, request)

/** Milliseconds of processor, which others on this machine do not change. */
const spentMs = () => process.cpuUsage().user / 1_000

function timed<T>(work: () => T): [T, number, number] {
  const [start, spent] = [performance.now(), spentMs()]
  const done = work()
  return [done, performance.now() - start, spentMs() - spent]
}

const [pool, openMs] = timed(() => openPool(offers))
const [partners, matchMs, matchCpuMs] = timed(() => requests.map((each) => pool.partners(each)))
const pairs = partners.reduce((sum, each) => sum + each.length, 0)

const sampled = requests.slice(0, SAMPLE)
const [plain, plainMs] = timed(() =>
  sampled.map((each) =>
    offers
      .map((one, place) => ({ place, ...match(each, one) }))
      .filter(({ matches }) => matches)
      .sort(
        (a, b) => b.rank.left - a.rank.left || b.rank.right - a.rank.right || a.place - b.place,
      ),
  ),
)
const agree = plain.every((all, n) => {
  const found = partners[n] ?? []
  return all.length === found.length && all.every(({ place }, at) => found[at]?.place === place)
})
const plainWholeMs = (plainMs / sampled.length) * requests.length

console.log(`${offers.length} offers, ${requests.length} requests, ${pairs} matches`)
console.log(
  `pool: opened in ${openMs.toFixed(0)} ms, matched in ${matchMs.toFixed(0)} ms (${matchCpuMs.toFixed(0)} of processor)`,
)
console.log(
  `every pair: ${plainWholeMs.toFixed(0)} ms, from ${sampled.length} requests; agree: ${agree}`,
)
if (!agree) process.exitCode = 1
console.log(
  JSON.stringify({
    offers: offers.length,
    requests: requests.length,
    matches: pairs,
    openMs: Math.round(openMs),
    matchMs: Math.round(matchMs),
    matchCpuMs: Math.round(matchCpuMs),
    totalMs: Math.round(openMs + matchMs),
    plainMs: Math.round(plainWholeMs),
    ratio: Number((plainWholeMs / (openMs + matchMs)).toFixed(1)),
    agree,
  }),
)
