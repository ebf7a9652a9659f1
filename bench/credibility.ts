/**
 * Credibility: whether results are as right as the pool says, and what that costs.
 *
 * `npm run bench:credibility` computes the published tables of spot-checking and voting by formula,
 * tries out the others with the functions by which the scheduler decides, and lets saboteurs of many
 * kinds at them. Every figure that differs is named, and fails the run. The last line is one JSON
 * object. `-- --runs 2 --tasks 20000` is quicker and rougher.
 */
import { parseArgs } from 'node:util'
import { formulas } from './credibility/formulas.ts'
import { attacks, combinations, finishing } from './credibility/trials.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '8' },
    tasks: { type: 'string', default: '100000' },
  },
})

const exact = formulas()
const tried = combinations(Number(values.runs))
const finished = finishing(Number(values.tasks))
const attacked = attacks(Number(values.tasks))
const wrong = [...exact.wrong, ...tried.wrong, ...finished.wrong, ...attacked.wrong]
for (const each of wrong) console.log(`differs: ${each}`)
process.exitCode = wrong.length === 0 ? 0 : 1
console.log(
  JSON.stringify({
    formulas: exact.figures,
    cells: tried.figures + finished.figures,
    attacks: attacked.figures,
    differ: wrong.length,
    costOffPercent: Number(
      (100 * Math.max(tried.costOff, finished.costOff, attacked.costOff)).toFixed(1),
    ),
    sleeperError: attacked.sleeperError,
  }),
)
