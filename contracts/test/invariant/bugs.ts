/** Bugs: mistakes to plant in `src`, each of which an invariant must notice. */

export type Bug = Readonly<{
  bug: string
  /** In `src`. */
  file: string
  was: string | RegExp
  is: string
  /** What the invariants may say of it. */
  noticed: readonly string[]
  /** Only the native hub has it. */
  native?: boolean
}>

const MONEY = 'money moved that no deal explains'
const LOCKED = 'locked is not what is open'
const SCORE = 'score changed against the rules'
const SUPPLY = 'accounts are not the supply'
const UNTOUCHED = 'not all untouched tasks were refunded'

export const bugs: readonly Bug[] = [
  {
    bug: 'a withdrawal is not debited',
    file: 'facets/EscrowTokenFacet.sol',
    was: 'Escrow.burn(msg.sender, amount);',
    is: '',
    noticed: [MONEY, 'the supply is not held', 'withdrew too much'],
  },
  {
    bug: 'deposits of coins are credited in wei',
    file: 'facets/EscrowNativeFacet.sol',
    was: 'Escrow.mint(target, msg.value / UNIT);',
    is: 'Escrow.mint(target, msg.value);',
    noticed: [MONEY, 'the supply is not held'],
    native: true,
  },
  {
    bug: 'more can be spent than is free',
    file: 'libraries/Escrow.sol',
    was: 'if (amount > funds.free()) revert InsufficientBalance(account, funds.free(), amount);',
    is: '',
    noticed: ['stole', 'withdrew too much'],
  },
  {
    bug: 'seized money is lost on its way to the kitty',
    file: 'libraries/Escrow.sol',
    was: 'Store.hub().settings.kitty += uint104(amount);',
    is: '',
    noticed: [MONEY, SUPPLY],
  },
  {
    bug: 'the kitty pays without a cap',
    file: 'libraries/Reward.sol',
    was: 'if (drawn > cap) drawn = cap;',
    is: '',
    noticed: ['the kitty paid more than a tenth of the price'],
  },
  {
    bug: 'a finished task is paid by another account than its sponsor',
    file: 'libraries/Payment.sol',
    was: 'Escrow.seize(deal.sponsor, deal.price() * tasks, taskid);',
    is: 'Escrow.seize(deal.workerpoolOwner, deal.price() * tasks, taskid);',
    noticed: [MONEY, LOCKED],
  },
  {
    bug: 'of a slice that failed, one task is refunded',
    file: 'libraries/Payment.sol',
    was: 'Escrow.unlock(deal.sponsor, deal.price() * tasks);',
    is: 'Escrow.unlock(deal.sponsor, deal.price());',
    noticed: [LOCKED],
  },
  {
    bug: 'who was silent has its stake back',
    file: 'libraries/Payment.sol',
    was: 'if (vote.rejected() || (revealing && Ballots.isSilent(outcome, task, i))) {',
    is: 'if (false) {',
    noticed: [MONEY, SCORE],
  },
  {
    bug: 'who was wrong keeps its score',
    file: 'libraries/Payment.sol',
    was: 'if (score > 0) wallet.funds = wallet.funds.withScore(Reward.penalized(score));',
    is: '',
    noticed: [SCORE],
  },
  {
    bug: 'free tasks give a score',
    file: 'libraries/Payment.sol',
    was: 'if (price >= Store.hub().settings.scoreMinPrice) {',
    is: 'if (price >= 0) {',
    noticed: [SCORE],
  },
  {
    bug: 'a worker that agrees with itself gains a score',
    file: 'libraries/Payment.sol',
    was: 'bool scored = count > 1;',
    is: 'bool scored = count > 0;',
    noticed: [SCORE],
  },
  {
    bug: 'a request is matched again and again',
    file: 'libraries/Agreement.sol',
    was: /\.volume - of\w+/g,
    is: '.volume',
    noticed: ['orders matched twice'],
  },
  {
    bug: 'a task can be claimed before its end',
    file: 'facets/ClaimFacet.sol',
    was: 'TaskState.requireAfter(deal.finalDeadline());\n\n',
    is: '',
    noticed: ['claimed early'],
  },
  {
    bug: 'untouched tasks can be claimed before their end',
    file: 'facets/ClaimFacet.sol',
    was: 'TaskState.requireAfter(deal.finalDeadline());\n        tasks',
    is: 'tasks',
    noticed: ['closed early'],
  },
  {
    bug: 'a claimed task can be claimed again',
    file: 'facets/ClaimFacet.sol',
    was: 'FAILED;\n        Store.hub().task[taskid] = task.pack();',
    is: 'FAILED;',
    noticed: ['claimed twice', 'a contract claimed twice', 'finalized twice', LOCKED, MONEY],
  },
  {
    bug: 'nobody can claim long after the end',
    file: 'facets/ClaimFacet.sol',
    was: 'task.status = TaskStatusEnum.FAILED;',
    is: 'TaskState.requireBefore(deal.finalDeadline() + deal.clock);\n        task.status = TaskStatusEnum.FAILED;',
    noticed: ['DeadlineReached'],
  },
  {
    bug: 'a finalized task stays open',
    file: 'facets/SettleFacet.sol',
    was: '        task.status = TaskStatusEnum.COMPLETED;\n',
    is: '',
    noticed: [MONEY, LOCKED],
  },
  {
    bug: 'a result is paid although too few opened their votes',
    file: 'facets/SettleFacet.sol',
    was: 'if (outcome.revealed < task.winners && !Ballots.credible(outcome, task, deal.trust)) {',
    is: 'if (outcome.revealed == 0) {',
    noticed: ['a result below the asked trust was paid'],
  },
  {
    bug: 'anybody can write where the results are',
    file: 'facets/SettleFacet.sol',
    was: 'if (!late || results.length > 0) revert TaskState.NotAllowed(msg.sender);',
    is: '',
    noticed: ["a stranger's results"],
  },
  {
    bug: 'anybody can reopen a task',
    file: 'facets/SettleFacet.sol',
    was: 'if (msg.sender != deal.workerpoolOwner) revert TaskState.NotAllowed(msg.sender);',
    is: '',
    noticed: ['a stranger reopened'],
  },
  {
    bug: 'a deal that binds results takes others',
    file: 'facets/SettleFacet.sol',
    was: 'if (!bound) revert TaskState.ResultsNotBound(digest);',
    is: '',
    noticed: ['other bytes than agreed'],
  },
  {
    bug: 'workers need no word of the scheduler',
    file: 'libraries/Authorization.sol',
    was: 'revert TaskState.AuthorizationRefused(signer);',
    is: '',
    noticed: ['voted unasked'],
  },
  {
    bug: 'a copied vote can be opened',
    file: 'libraries/Ballots.sol',
    was: 'if (seal != self.seals[index]) revert TaskState.WrongSeal(seal, self.seals[index]);',
    is: '',
    noticed: ['a copy was opened'],
  },
  {
    bug: 'votes of others need no signature',
    file: 'facets/ContributeFacet.sol',
    was: 'revert Batches.ContributionRefused(c.worker);',
    is: '',
    noticed: ['a forged vote'],
  },
  {
    bug: 'anybody can commit a pool to its workers',
    file: 'facets/ContributeFacet.sol',
    was: 'revert TaskState.NotAllowed(msg.sender);',
    is: '',
    noticed: ['committed for a pool'],
  },
  {
    bug: 'a task of a slice can be opened beside it',
    file: 'libraries/Initialization.sol',
    was: 'if (found) revert TaskState.InASlice(dealid, idx);',
    is: '',
    noticed: ['opened twice'],
  },
  {
    bug: 'a carved task is not untouched again',
    file: 'facets/BatchFacet.sol',
    was: 'Store.hub().deal[dealid].opened = slot.opened - 1;',
    is: '',
    noticed: [UNTOUCHED],
  },
  {
    bug: 'anybody can carve, and open slices',
    file: 'facets/BatchFacet.sol',
    was: 'revert TaskState.NotAllowed(msg.sender);',
    is: '',
    noticed: ['carved', 'sliced'],
  },
  {
    bug: 'Boost tasks end twice',
    file: 'facets/BoostFacet.sol',
    was: 'Store.hub().task[taskid] = TaskWord.wrap(uint256(status) << 160);',
    is: '',
    noticed: [MONEY, LOCKED],
  },
]
