// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TaskStatusEnum} from "../interfaces/Records.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {Authorization} from "./Authorization.sol";
import {Ballots} from "./Ballots.sol";
import {Batch} from "./Batch.sol";
import {Consensus} from "./Consensus.sol";
import {Course} from "./Course.sol";
import {DealRecord} from "./DealRecord.sol";
import {Escrow} from "./Escrow.sol";
import {Store} from "./Store.sol";
import {TaskState} from "./TaskState.sol";
import {TaskFacts} from "./TaskWord.sol";
import {vote} from "./VoteWord.sol";

/// @title Voting
/// @notice A worker votes on the result of a task, sealed, and later opens its vote.
library Voting {
    using DealRecord for DealRecord.Terms;

    struct Sealed {
        bytes32 taskid;
        address worker;
        bytes32 resultHash;
        bytes32 resultSeal;
        address enclave;
    }

    /// @notice Counts the vote, locks the worker's stake and says whether the workers agree now.
    function contribute(
        Sealed memory mine,
        bytes calldata enclaveSign,
        bytes calldata authorizationSign
    ) internal {
        bytes32 taskid = mine.taskid;
        TaskFacts memory task = Store.hub().task[taskid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.ACTIVE);
        DealRecord.Terms memory deal = DealRecord.loadMoney(task.record);
        if (task.slice) Batch.scale(deal, taskid);
        Course.follow(deal, taskid);
        TaskState.requireBefore(deal.contributionDeadline());
        Authorization.requireAuthorized(deal, mine.worker, taskid, mine.enclave, authorizationSign);
        Authorization.requireEnclave(
            mine.enclave, keccak256(abi.encodePacked(mine.resultHash, mine.resultSeal)), enclaveSign
        );

        bool agreed = _cast(task, mine, deal);
        Store.hub().task[taskid] = task.pack();

        Escrow.lock(mine.worker, deal.workerStake() * deal.tasks);
        emit Tasks.TaskContribute(taskid, mine.worker, mine.resultHash);
        if (agreed) emit Tasks.TaskConsensus(taskid, mine.resultHash);
    }

    /// @notice Opens the vote of `worker`.
    function reveal(bytes32 taskid, address worker, bytes32 digest) internal {
        TaskFacts memory task = Store.hub().task[taskid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.REVEALING);
        Ballots.open(Store.hub().ballot[taskid], task, taskid, worker, digest);
        Store.hub().task[taskid] = task.pack();
        emit Tasks.TaskReveal(taskid, worker, digest);
    }

    function _cast(TaskFacts memory task, Sealed memory mine, DealRecord.Terms memory deal)
        private
        returns (bool agreed)
    {
        Store.Ballot storage ballot = Store.hub().ballot[mine.taskid];
        Ballots.Poll memory poll =
            Ballots.join(ballot, task, mine.taskid, mine.worker, mine.resultHash);
        uint256 weight = Consensus.weightOf(Store.hub().wallet[mine.worker].funds.score());
        Consensus.add(poll.tally, poll.group, weight);
        agreed = Consensus.reached(poll.tally, poll.group, deal.trust);
        Ballots.cast(
            ballot,
            task.contributors,
            vote(
                mine.worker,
                weight,
                poll.group,
                mine.enclave != address(0),
                agreed ? block.timestamp + Store.REVEAL_RATIO * deal.clock : 0
            ),
            mine.resultSeal,
            mine.enclave
        );
        ++task.contributors;
        if (!agreed) return false;
        task.status = TaskStatusEnum.REVEALING;
        task.winners = poll.supporters + 1;
    }
}
