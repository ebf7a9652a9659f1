/** Designs: what other hubs do, to plant in `src`. The attack's test must fail then. */
import type { Bug } from '../invariant/bugs.ts'

export type Design = Omit<Bug, 'noticed' | 'native'> & Readonly<{ test: string }>

export const designs: readonly Design[] = [
  {
    bug: 'all tasks of a deal share its clock',
    file: 'libraries/Course.sol',
    was: 'book().facts[taskid].start = uint40(start);',
    is: '',
    test: 'test_EachTask_HasItsOwnClock',
  },
  {
    bug: 'clocks start with the task, however late',
    file: 'libraries/Course.sol',
    was: 'block.timestamp < latest ? block.timestamp : latest',
    is: 'block.timestamp',
    test: 'test_Clocks_KeepNoMoney_BeyondTheLifeOfTheDeal',
  },
  {
    bug: 'owners of apps and datasets say how long money is locked',
    file: 'libraries/Tag.sol',
    was: ' & ~bytes32(LIFE)',
    is: '',
    test: 'test_Life_IsForTheRequesterToSay',
  },
  {
    bug: 'what is left of a slice has a new clock',
    file: 'facets/BatchFacet.sol',
    was: 'Course.goOn(deal,',
    is: 'Course.begin(deal,',
    test: 'test_CarvedSlices_KeepTheirClock',
  },
  {
    bug: 'one key vouches for all enclaves',
    file: 'enclaves/Brokers.sol',
    was: 'SIGNATURE * needed',
    is: 'SIGNATURE',
    test: 'test_Enclaves_NeedSeveralBrokers',
  },
  {
    bug: 'one key vouches as often as it takes',
    file: 'enclaves/Brokers.sol',
    was: 'signer <= last || ',
    is: '',
    test: 'test_Enclaves_NeedSeveralBrokers',
  },
  {
    bug: 'a single answer is paid at once',
    file: 'facets/SettleFacet.sol',
    was: 'if (deal.grace > 0) TaskState.requireAfter(outcome.revealDeadline + deal.grace);',
    is: '',
    test: 'test_SingleLie_IsContested_BeforeItIsPaid',
  },
  {
    bug: 'a challenge costs nothing',
    file: 'libraries/Payment.sol',
    was: 'Escrow.seize(deal.challenger, bond, taskid);\n            return pot + bond;',
    is: 'Escrow.unlock(deal.challenger, bond);\n            return pot;',
    test: 'test_WrongContest_PaysTheWorkers',
  },
  {
    bug: 'a contest asks for a fixed trust',
    file: 'libraries/Course.sol',
    was: 'uint256 trust = weight * DOUBT;',
    is: 'uint256 trust = weight > 0 ? 8 : 0;',
    test: 'test_Reputation_DoesNotEndAContest',
  },
  {
    bug: 'a contest does not stop the clock',
    file: 'libraries/Course.sol',
    was: 'Facts(uint40(block.timestamp), ',
    is: 'Facts(book().facts[taskid].start, ',
    test: 'test_LateContest_LeavesTimeToVote',
  },
  {
    bug: 'Boost pays every answer at once',
    file: 'facets/MatchFacet.sol',
    was: 'Reason.boost(!Tag.has(deal.tag, Tag.CONTESTABLE), "Results cannot be contested");',
    is: '',
    test: 'test_Boost_RefusesWhatCanBeContested',
  },
  {
    bug: 'nobody counts datasets in bulk',
    file: 'facets/BulkFacet.sol',
    was: 'Store.hub().consumed[hash] += 1;',
    is: '',
    test: 'test_BulkDatasets_AreCounted_AcrossDeals',
  },
  {
    bug: 'nobody pays for datasets in bulk',
    file: 'facets/BulkFacet.sol',
    was: 'Escrow.lock(deal.requester, price);',
    is: '',
    test: 'test_BulkDatasets_ArePaid_WhenTheTaskIsDone',
  },
  {
    bug: 'nobody looks whether a dataset in bulk was revoked',
    file: 'facets/BulkFacet.sol',
    was: 'Salt.check(use.order.salt, hash, Store.hub().wallet[owner].funds.epoch());',
    is: '',
    test: 'test_RevokedDataset_CannotBeTaken',
  },
  {
    bug: 'a requester pays for what it is told it uses',
    file: 'facets/BulkFacet.sol',
    was: 'if (root == 0 || !MerkleProof.verifyCalldata(use.proof, root, leaf)) {',
    is: 'if (false) {',
    test: 'test_Requester_PaysOnlyWhatItAgreedTo',
  },
]
