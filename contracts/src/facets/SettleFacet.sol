// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Contests} from "../interfaces/Contests.sol";
import {TaskStatusEnum} from "../interfaces/Records.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {Authorization} from "../libraries/Authorization.sol";
import {Ballots} from "../libraries/Ballots.sol";
import {Batch} from "../libraries/Batch.sol";
import {Callback} from "../libraries/Callback.sol";
import {Course} from "../libraries/Course.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Opening} from "../libraries/Opening.sol";
import {Payment} from "../libraries/Payment.sol";
import {ResultRecord} from "../libraries/ResultRecord.sol";
import {ResultWords} from "../libraries/ResultWords.sol";
import {Store} from "../libraries/Store.sol";
import {Tag} from "../libraries/Tag.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskFacts, TaskWord} from "../libraries/TaskWord.sol";

/// @title SettleFacet
/// @notice The good ends of a task: finalized after a vote, or by its only worker; or reopened.
contract SettleFacet {
    using DealRecord for DealRecord.Terms;

    /// @notice See `Tasks.contributeAndFinalize`.
    function contributeAndFinalize(
        bytes32 taskid,
        bytes32 resultDigest,
        bytes calldata results,
        bytes calldata resultsCallback,
        address enclaveChallenge,
        bytes calldata enclaveSign,
        bytes calldata authorizationSign
    ) external {
        TaskWord task = Store.hub().task[taskid];
        TaskState.requireStatus(task.status(), TaskStatusEnum.ACTIVE);
        DealRecord.Terms memory deal = DealRecord.loadMoney(task.recordOf());
        if (task.isSlice()) Batch.scale(deal, taskid);
        Course.follow(deal, taskid);
        if (deal.grace > 0) revert Contests.Contestable(deal.tag);
        TaskState.requireBefore(deal.contributionDeadline());
        if (deal.trust != 1 || task.contributorsOf() != 0) {
            revert TaskState.NotSingleWorker(deal.trust, task.contributorsOf());
        }
        if (!task.isSlice()) _requireBound(deal, resultDigest, results, resultsCallback);
        else _requireBoundSlice(deal, resultDigest, results, resultsCallback);
        Authorization.requireAuthorized(
            deal, msg.sender, taskid, enclaveChallenge, authorizationSign
        );
        bytes32 hash = TaskState.resultHash(taskid, resultDigest);
        if (enclaveChallenge != address(0)) {
            bytes32 seal = TaskState.resultSeal(msg.sender, taskid, resultDigest);
            Authorization.requireEnclave(
                enclaveChallenge, keccak256(abi.encodePacked(hash, seal)), enclaveSign
            );
        }

        ResultRecord.Facts memory facts;
        facts.deal = task.recordOf();
        facts.digest = resultDigest;
        facts.worker = msg.sender;
        facts.enclave = enclaveChallenge;
        Store.hub().task[taskid] =
            task.complete(_save(facts, results, resultsCallback, task.isSlice()));

        Payment.succeed(deal, taskid);
        Payment.payOne(deal, taskid, msg.sender);
        emit Tasks.TaskContribute(taskid, msg.sender, hash);
        emit Tasks.TaskConsensus(taskid, hash);
        emit Tasks.TaskReveal(taskid, msg.sender, resultDigest);
        emit Tasks.TaskFinalize(taskid, results);
        if (!task.isSlice()) _callBack(deal, taskid, resultsCallback);
    }

    /// @notice See `Tasks.finalize`.
    function finalize(bytes32 taskid, bytes calldata results, bytes calldata resultsCallback)
        external
    {
        TaskFacts memory task = Store.hub().task[taskid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.REVEALING);
        DealRecord.Terms memory deal = DealRecord.loadMoney(task.record);
        if (task.slice) Batch.scale(deal, taskid);
        Course.follow(deal, taskid);
        TaskState.requireBefore(deal.finalDeadline());
        Ballots.Outcome memory outcome = Ballots.review(Store.hub().ballot[taskid], task);
        _requireAllowed(deal, task, outcome, results);
        if (outcome.revealed < task.winners && !Ballots.credible(outcome, task, deal.trust)) {
            _reopen(taskid, task, outcome);
            return;
        }
        if (deal.grace > 0) TaskState.requireAfter(outcome.revealDeadline + deal.grace);
        if (!task.slice) _requireBound(deal, outcome.digest, results, resultsCallback);
        else _requireBoundSlice(deal, outcome.digest, results, resultsCallback);

        _keep(taskid, task, outcome, results, resultsCallback);
        task.status = TaskStatusEnum.COMPLETED;
        Store.hub().task[taskid] = task.pack();

        Payment.succeed(deal, taskid);
        Payment.payAll(deal, taskid, task, outcome);
        emit Tasks.TaskFinalize(taskid, results);
        if (!task.slice) _callBack(deal, taskid, resultsCallback);
    }

    /// @notice See `Tasks.reopen`.
    function reopen(bytes32 taskid) external {
        TaskFacts memory task = Store.hub().task[taskid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.REVEALING);
        DealRecord.Terms memory deal = DealRecord.loadMoney(task.record);
        Course.follow(deal, taskid);
        if (msg.sender != deal.workerpoolOwner) revert TaskState.NotAllowed(msg.sender);
        TaskState.requireBefore(deal.finalDeadline());
        Ballots.Outcome memory outcome = Ballots.review(Store.hub().ballot[taskid], task);
        TaskState.requireAfter(outcome.revealDeadline);
        if (Ballots.credible(outcome, task, deal.trust)) revert TaskState.StillCredible();
        _reopen(taskid, task, outcome);
    }

    function _reopen(bytes32 taskid, TaskFacts memory task, Ballots.Outcome memory outcome)
        private
    {
        Ballots.rejectSilent(Store.hub().ballot[taskid], task, outcome);
        task.status = TaskStatusEnum.ACTIVE;
        task.winners = 0;
        Store.hub().task[taskid] = task.pack();
        emit Tasks.TaskReopen(taskid);
    }

    function _keep(
        bytes32 taskid,
        TaskFacts memory task,
        Ballots.Outcome memory outcome,
        bytes calldata results,
        bytes calldata resultsCallback
    ) private {
        (uint256 opening, bytes calldata rest) = Opening.strip(results);
        if ((task.slice || resultsCallback.length == 0) && ResultWords.fit(rest.length)) {
            task.opening = opening;
            ResultWords.save(Store.hub().ballot[taskid], task, outcome, rest);
            return;
        }
        ResultRecord.Facts memory facts;
        facts.deal = task.record;
        task.record = _save(facts, results, resultsCallback, task.slice);
    }

    /// @dev What a slice is given in place of data for the callback is not kept.
    function _save(
        ResultRecord.Facts memory facts,
        bytes calldata results,
        bytes calldata resultsCallback,
        bool slice
    ) private returns (address) {
        return ResultRecord.save(facts, results, slice ? msg.data[0:0] : resultsCallback);
    }

    /// @dev The scheduler may as soon as all winners revealed, or some of them and the deadline is
    /// over; so may, after the deadline, a worker who revealed. Anyone else could write a wrong
    /// location: only with results that prove themselves, or none when the pool is late.
    function _requireAllowed(
        DealRecord.Terms memory deal,
        TaskFacts memory task,
        Ballots.Outcome memory outcome,
        bytes calldata results
    ) private view {
        bool all = outcome.revealed == task.winners;
        bool late = block.timestamp >= outcome.revealDeadline;
        if (!all && (!late || outcome.revealed == 0)) {
            revert TaskState.RevealsMissing(outcome.revealed, task.winners, outcome.revealDeadline);
        }
        if (msg.sender == deal.workerpoolOwner) return;
        if (late && _hasProved(task, outcome)) return;
        if (!all) revert TaskState.NotAllowed(msg.sender);
        if (keccak256(results) == outcome.digest) return;
        if (!late || results.length > 0) revert TaskState.NotAllowed(msg.sender);
    }

    function _hasProved(TaskFacts memory task, Ballots.Outcome memory outcome)
        private
        view
        returns (bool)
    {
        for (uint256 i = 0; i < outcome.votes.length; ++i) {
            if (outcome.votes[i].worker() == msg.sender) {
                return Ballots.isProved(outcome, task, i);
            }
        }
        return false;
    }

    /// @dev What a contract is told is always what workers agreed on; what people are told, when
    /// the deal asks for it.
    function _requireBound(
        DealRecord.Terms memory deal,
        bytes32 digest,
        bytes calldata results,
        bytes calldata resultsCallback
    ) private pure {
        bool nothingToTell =
            deal.callback == address(0) && resultsCallback.length == 0;
        if (!nothingToTell && keccak256(resultsCallback) != digest) {
            revert TaskState.CallbackNotBound(digest);
        }
        if (Tag.has(deal.tag, Tag.BOUND_RESULTS) && keccak256(results) != digest) {
            revert TaskState.ResultsNotBound(digest);
        }
    }

    /// @dev The callback of a task in a slice is made when its result is proved. Where results are
    /// bound, the root of the tasks is given in its place, and not kept.
    function _requireBoundSlice(
        DealRecord.Terms memory deal,
        bytes32 digest,
        bytes calldata results,
        bytes calldata tasks
    ) private pure {
        if (Tag.has(deal.tag, Tag.BOUND_RESULTS)) {
            bool bound = tasks.length == 32 && Batch.bind(bytes32(tasks), results) == digest;
            if (!bound) revert TaskState.ResultsNotBound(digest);
        } else if (tasks.length > 0) {
            revert TaskState.CallbackNotBound(digest);
        }
    }

    function _callBack(DealRecord.Terms memory deal, bytes32 taskid, bytes calldata resultsCallback)
        private
    {
        if (deal.callback != address(0)) {
            Callback.deliver(deal.callback, taskid, resultsCallback);
        }
    }
}
