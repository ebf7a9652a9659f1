// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Contests} from "../interfaces/Contests.sol";
import {TaskStatusEnum} from "../interfaces/Records.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {Ballots} from "../libraries/Ballots.sol";
import {Batch} from "../libraries/Batch.sol";
import {Course} from "../libraries/Course.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Initialization} from "../libraries/Initialization.sol";
import {Payment} from "../libraries/Payment.sol";
import {Store} from "../libraries/Store.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskFacts} from "../libraries/TaskWord.sol";

/// @title ClaimFacet
/// @notice The bad ends of a task: its result is contested, or nobody finalized it in time and the
/// money goes back.
abstract contract ClaimFacet is Contests {
    using DealRecord for DealRecord.Terms;

    /// @notice See `Tasks.claim`.
    function claim(bytes32 taskid) external {
        _claim(taskid);
    }

    /// @notice See `Tasks.claimArray`.
    function claimArray(bytes32[] calldata taskid) external returns (bool) {
        for (uint256 i = 0; i < taskid.length; ++i) {
            _claim(taskid[i]);
        }
        return true;
    }

    /// @notice See `Tasks.initializeAndClaimArray`.
    function initializeAndClaimArray(bytes32[] calldata dealid, uint256[] calldata idx)
        external
        returns (bool)
    {
        Initialization.openAll(dealid, idx);
        for (uint256 i = 0; i < dealid.length; ++i) {
            _claim(TaskState.id(dealid[i], idx[i]));
        }
        return true;
    }

    /// @notice See `Tasks.claimUntouched`.
    function claimUntouched(bytes32 dealid) external returns (uint256 tasks) {
        Store.DealSlot memory slot = Store.hub().deal[dealid];
        if (slot.record == address(0)) revert TaskState.UnknownDeal(dealid);
        if (slot.closed) revert TaskState.DealIsClosed(dealid);
        DealRecord.Terms memory deal = DealRecord.load(slot.record);
        deal.startTime = Course.lastStart(deal);
        TaskState.requireAfter(deal.finalDeadline());
        tasks = slot.size - slot.opened;
        if (slot.size == 1) {
            bytes32 only = TaskState.id(dealid, deal.botFirst);
            if (Store.hub().task[only].status() != TaskStatusEnum.UNSET) tasks = 0;
        }
        if (tasks == 0) revert TaskState.NothingUntouched(dealid);

        Store.hub().deal[dealid].closed = true;
        Payment.fail(deal, dealid, tasks);
        emit Tasks.UntouchedRefunded(dealid, tasks);
    }

    /// @inheritdoc Contests
    function contest(bytes32 taskid) external {
        TaskFacts memory task = Store.hub().task[taskid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.REVEALING);
        DealRecord.Terms memory deal = _terms(taskid, task);
        uint256 bond = deal.workerStake() * deal.tasks;
        if (deal.grace == 0 || bond == 0) revert NotContestable(deal.tag);
        Ballots.Outcome memory outcome = Ballots.review(Store.hub().ballot[taskid], task);
        TaskState.requireBefore(outcome.revealDeadline + deal.grace);
        if (outcome.revealed == 0) {
            revert TaskState.RevealsMissing(0, task.winners, outcome.revealDeadline);
        }
        Course.contest(taskid, outcome.winner, Ballots.weightOf(outcome, outcome.winner));
        task.status = TaskStatusEnum.ACTIVE;
        task.winners = 0;
        Store.hub().task[taskid] = task.pack();
        Escrow.lock(msg.sender, bond);
        emit ResultContested(taskid, msg.sender, bond);
        emit Tasks.TaskReopen(taskid);
    }

    function _terms(bytes32 taskid, TaskFacts memory task)
        private
        view
        returns (DealRecord.Terms memory deal)
    {
        deal = DealRecord.loadMoney(task.record);
        if (task.slice) Batch.scale(deal, taskid);
        Course.follow(deal, taskid);
    }

    function _claim(bytes32 taskid) private {
        TaskFacts memory task = Store.hub().task[taskid].unpack();
        bool revealing = task.status == TaskStatusEnum.REVEALING;
        if (!revealing) TaskState.requireStatus(task.status, TaskStatusEnum.ACTIVE);
        DealRecord.Terms memory deal = _terms(taskid, task);
        TaskState.requireAfter(deal.finalDeadline());

        task.status = TaskStatusEnum.FAILED;
        Store.hub().task[taskid] = task.pack();
        Payment.fail(deal, taskid, deal.tasks);
        Payment.release(deal, taskid, task, revealing);
        emit Tasks.TaskClaimed(taskid);
    }
}
