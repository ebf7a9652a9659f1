// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    Contribution,
    ContributionStatusEnum,
    Task,
    TaskStatusEnum
} from "../interfaces/Records.sol";
import {Ballots} from "./Ballots.sol";
import {Batch} from "./Batch.sol";
import {Course} from "./Course.sol";
import {DealRecord} from "./DealRecord.sol";
import {ResultRecord} from "./ResultRecord.sol";
import {ResultWords} from "./ResultWords.sol";
import {Store} from "./Store.sol";
import {TaskState} from "./TaskState.sol";
import {TaskFacts} from "./TaskWord.sol";
import {VoteWord} from "./VoteWord.sol";

/// @title TaskView
/// @notice Rebuilds tasks and contributions, as the compatible ABI shows them, from what is kept.
library TaskView {
    using DealRecord for DealRecord.Terms;

    function task(bytes32 taskid) internal view returns (Task memory shown) {
        TaskFacts memory facts = Store.hub().task[taskid].unpack();
        shown.status = facts.status;
        if (facts.record == address(0)) return shown;
        address dealRecord = facts.record;
        if (_hasRecord(facts)) {
            ResultRecord.Facts memory result = ResultRecord.load(facts.record);
            dealRecord = result.deal;
            (shown.results, shown.resultsCallback) = ResultRecord.loadBytes(facts.record);
            if (facts.contributors == 0) _single(shown, taskid, result);
            bytes32 sliceid = Batch.book().provedIn[taskid];
            if (sliceid != 0) shown.results = task(sliceid).results;
        }
        DealRecord.Terms memory deal = DealRecord.load(dealRecord);
        Course.follow(deal, taskid);
        shown.dealid = deal.dealid;
        shown.idx = deal.botFirst + facts.idx;
        shown.timeref = deal.clock;
        shown.contributionDeadline = deal.contributionDeadline();
        shown.finalDeadline = deal.finalDeadline();
        if (facts.contributors > 0) _voted(shown, taskid, facts);
    }

    function contribution(bytes32 taskid, address worker)
        internal
        view
        returns (Contribution memory shown)
    {
        TaskFacts memory facts = Store.hub().task[taskid].unpack();
        Store.Ballot storage ballot = Store.hub().ballot[taskid];
        for (uint256 i = 0; i < facts.contributors; ++i) {
            if (ballot.votes[i].worker() == worker) return _vote(ballot, facts, taskid, i);
        }
        if (facts.contributors > 0 || !_hasRecord(facts)) return shown;
        ResultRecord.Facts memory result = ResultRecord.load(facts.record);
        if (result.worker != worker) return shown;
        shown.status = ContributionStatusEnum.PROVED;
        shown.resultHash = TaskState.resultHash(taskid, result.digest);
        shown.resultSeal = TaskState.resultSeal(worker, taskid, result.digest);
        shown.enclaveChallenge = result.enclave;
    }

    function _vote(
        Store.Ballot storage ballot,
        TaskFacts memory facts,
        bytes32 taskid,
        uint256 index
    ) private view returns (Contribution memory shown) {
        VoteWord vote = ballot.votes[index];
        uint256 group = vote.group();
        bool proved = facts.proved & (1 << index) != 0;
        shown.status = vote.rejected()
            ? ContributionStatusEnum.REJECTED
            : proved ? ContributionStatusEnum.PROVED : ContributionStatusEnum.CONTRIBUTED;
        shown.resultHash = Ballots.hashOf(ballot, facts, taskid, group);
        // A proved seal follows from the digest, and its slot may hold results by now.
        shown.resultSeal = proved && facts.opened == group + 1
            ? TaskState.resultSeal(vote.worker(), taskid, ballot.values[group])
            : ballot.seals[index];
        shown.enclaveChallenge = ballot.enclaves[index];
        shown.weight = vote.weight();
    }

    function _hasRecord(TaskFacts memory facts) private pure returns (bool) {
        return
            facts.status == TaskStatusEnum.COMPLETED && facts.words == 0
                && facts.record != address(0);
    }

    /// @dev The only worker of a task contributed, agreed and revealed at once: there was no time
    /// to reveal, so no deadline.
    function _single(Task memory shown, bytes32 taskid, ResultRecord.Facts memory result)
        private
        pure
    {
        shown.contributors = new address[](1);
        shown.contributors[0] = result.worker;
        shown.resultDigest = result.digest;
        shown.consensusValue = TaskState.resultHash(taskid, result.digest);
        shown.revealCounter = 1;
        shown.winnerCounter = 1;
    }

    function _voted(Task memory shown, bytes32 taskid, TaskFacts memory facts) private view {
        Store.Ballot storage ballot = Store.hub().ballot[taskid];
        Ballots.Outcome memory outcome = Ballots.review(ballot, facts);
        shown.contributors = new address[](outcome.votes.length);
        for (uint256 i = 0; i < outcome.votes.length; ++i) {
            shown.contributors[i] = outcome.votes[i].worker();
        }
        // Winners are counted from consensus until the task is reopened.
        if (facts.winners == 0) return;
        shown.consensusValue = Ballots.hashOf(ballot, facts, taskid, outcome.winner);
        shown.revealDeadline = outcome.revealDeadline;
        shown.winnerCounter = facts.winners;
        shown.revealCounter = outcome.revealed;
        shown.resultDigest = outcome.digest;
        if (facts.words > 0) shown.results = ResultWords.load(ballot, facts, outcome);
    }
}
