// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Consensus} from "./Consensus.sol";
import {Store} from "./Store.sol";
import {TaskState} from "./TaskState.sol";
import {TaskFacts} from "./TaskWord.sol";
import {VoteWord} from "./VoteWord.sol";

/// @title Ballots
/// @notice The votes of one task: cast sealed, opened by those who agree, read when it is settled.
/// @dev Votes for the same result form a group, numbered in order of appearance. A group's value is
/// the hash its votes carry, replaced by the digest when the first of them reveals: `task.opened`
/// says of which group this is true.
library Ballots {
    /// @notice The votes so far, from the point of view of one more.
    struct Poll {
        /// Weight of each group.
        uint256[] tally;
        /// The group of the vote to come.
        uint256 group;
        /// Votes already in that group.
        uint256 supporters;
    }

    /// @notice The votes when the task is to be settled.
    struct Outcome {
        VoteWord[] votes;
        uint256 winner;
        uint256 revealDeadline;
        uint256 revealed;
        /// Of the winning group; 0 as long as nobody opened it.
        bytes32 digest;
    }

    /// @notice Counts the votes and finds, or founds, the group of one more vote.
    function join(
        Store.Ballot storage self,
        TaskFacts memory task,
        bytes32 taskid,
        address worker,
        bytes32 resultHash
    ) internal returns (Poll memory poll) {
        uint256 count = task.contributors;
        if (count == Store.MAX_CONTRIBUTORS) {
            revert TaskState.TooManyContributors(Store.MAX_CONTRIBUTORS);
        }
        poll.tally = new uint256[](count + 1);
        uint256[] memory supporters = new uint256[](count + 1);
        uint256 groups;
        for (uint256 i = 0; i < count; ++i) {
            VoteWord vote = self.votes[i];
            if (vote.worker() == worker) revert TaskState.AlreadyContributed(worker);
            uint256 group = vote.group();
            if (group >= groups) groups = group + 1;
            if (vote.rejected()) continue;
            Consensus.add(poll.tally, group, vote.weight());
            ++supporters[group];
        }
        while (poll.group < groups && hashOf(self, task, taskid, poll.group) != resultHash) {
            ++poll.group;
        }
        if (poll.group == groups) self.values[groups] = resultHash;
        poll.supporters = supporters[poll.group];
    }

    function cast(
        Store.Ballot storage self,
        uint256 index,
        VoteWord vote,
        bytes32 seal,
        address enclave
    ) internal {
        self.votes[index] = vote;
        self.seals[index] = seal;
        if (vote.hasEnclave()) self.enclaves[index] = enclave;
    }

    /// @notice The worker shows the digest behind its vote.
    function open(
        Store.Ballot storage self,
        TaskFacts memory task,
        bytes32 taskid,
        address worker,
        bytes32 digest
    ) internal {
        VoteWord last = self.votes[task.contributors - 1];
        TaskState.requireBefore(last.revealDeadline());
        (uint256 index, VoteWord vote) = find(self, task, worker);
        uint256 group = vote.group();
        bytes32 contributed = hashOf(self, task, taskid, group);
        if (group != last.group() || vote.rejected()) {
            revert TaskState.NotInConsensus(contributed, hashOf(self, task, taskid, last.group()));
        }
        if (task.proved & (1 << index) != 0) revert TaskState.AlreadyRevealed(worker);
        bytes32 hash = TaskState.resultHash(taskid, digest);
        if (hash != contributed) revert TaskState.WrongDigest(hash, contributed);
        bytes32 seal = TaskState.resultSeal(worker, taskid, digest);
        if (seal != self.seals[index]) revert TaskState.WrongSeal(seal, self.seals[index]);

        if (task.opened != group + 1) {
            _closeGroup(self, task, taskid);
            self.values[group] = digest;
            task.opened = group + 1;
        }
        task.proved |= 1 << index;
    }

    /// @notice The worker's vote and its place; reverts if it has none.
    function find(Store.Ballot storage self, TaskFacts memory task, address worker)
        internal
        view
        returns (uint256 index, VoteWord vote)
    {
        for (; index < task.contributors; ++index) {
            vote = self.votes[index];
            if (vote.worker() == worker) return (index, vote);
        }
        revert TaskState.NotAContributor(worker);
    }

    /// @notice The hash the votes of a group carry.
    function hashOf(Store.Ballot storage self, TaskFacts memory task, bytes32 taskid, uint256 group)
        internal
        view
        returns (bytes32)
    {
        bytes32 value = self.values[group];
        return task.opened == group + 1 ? TaskState.resultHash(taskid, value) : value;
    }

    /// @notice All votes, and how many of the winning group were opened.
    function review(Store.Ballot storage self, TaskFacts memory task)
        internal
        view
        returns (Outcome memory outcome)
    {
        uint256 count = task.contributors;
        outcome.votes = new VoteWord[](count);
        for (uint256 i = 0; i < count; ++i) {
            outcome.votes[i] = self.votes[i];
        }
        outcome.winner = outcome.votes[count - 1].group();
        outcome.revealDeadline = outcome.votes[count - 1].revealDeadline();
        if (task.opened != outcome.winner + 1) return outcome;
        outcome.digest = self.values[outcome.winner];
        for (uint256 i = 0; i < count; ++i) {
            if (isProved(outcome, task, i)) ++outcome.revealed;
        }
    }

    /// @notice Whether the contributor opened a vote for the winning result.
    function isProved(Outcome memory self, TaskFacts memory task, uint256 index)
        internal
        pure
        returns (bool)
    {
        return task.proved & (1 << index) != 0 && self.votes[index].group() == self.winner;
    }

    /// @notice Whether the opened votes alone carry the asked trust. Silent ones are not counted:
    /// a sealed vote may be a copy of a hash its worker cannot open.
    function credible(Outcome memory self, TaskFacts memory task, uint256 trust)
        internal
        pure
        returns (bool)
    {
        if (self.revealed == 0) return false;
        uint256[] memory tally = new uint256[](self.votes.length);
        for (uint256 i = 0; i < self.votes.length; ++i) {
            VoteWord vote = self.votes[i];
            if (vote.rejected() || isSilent(self, task, i)) continue;
            Consensus.add(tally, vote.group(), vote.weight());
        }
        return Consensus.reached(tally, self.winner, trust);
    }

    /// @notice What the votes of a group that count weigh together.
    function weightOf(Outcome memory self, uint256 group) internal pure returns (uint256) {
        uint256[] memory tally = new uint256[](self.votes.length);
        for (uint256 i = 0; i < self.votes.length; ++i) {
            VoteWord vote = self.votes[i];
            if (!vote.rejected()) Consensus.add(tally, vote.group(), vote.weight());
        }
        return tally[group];
    }

    /// @notice Whether the contributor stands with the winning group but did not open its vote.
    function isSilent(Outcome memory self, TaskFacts memory task, uint256 index)
        internal
        pure
        returns (bool)
    {
        VoteWord vote = self.votes[index];
        return !vote.rejected() && vote.group() == self.winner && task.proved & (1 << index) == 0;
    }

    /// @notice Takes the silent votes out of the count for good.
    function rejectSilent(Store.Ballot storage self, TaskFacts memory task, Outcome memory outcome)
        internal
    {
        for (uint256 i = 0; i < outcome.votes.length; ++i) {
            if (isSilent(outcome, task, i)) self.votes[i] = outcome.votes[i].reject();
        }
    }

    /// @dev Only one group's value is a digest at a time: the older one gets its hash back.
    function _closeGroup(Store.Ballot storage self, TaskFacts memory task, bytes32 taskid) private {
        if (task.opened == 0) return;
        uint256 group = task.opened - 1;
        self.values[group] = TaskState.resultHash(taskid, self.values[group]);
    }
}
