// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Batches} from "../interfaces/Batches.sol";
import {Contests} from "../interfaces/Contests.sol";
import {TaskStatusEnum} from "../interfaces/Records.sol";
import {Ballots} from "../libraries/Ballots.sol";
import {Batch} from "../libraries/Batch.sol";
import {Callback} from "../libraries/Callback.sol";
import {Course} from "../libraries/Course.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Payment} from "../libraries/Payment.sol";
import {ResultRecord} from "../libraries/ResultRecord.sol";
import {Store} from "../libraries/Store.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskFacts, activeSlice, activeTask} from "../libraries/TaskWord.sol";

/// @title BatchFacet
/// @notice Slices of bags: opened, split, and what they say of one task.
abstract contract BatchFacet {
    using DealRecord for DealRecord.Terms;

    /// @notice See `Batches.openSlice`.
    function openSlice(bytes32 dealid, uint256 count) external returns (bytes32) {
        Store.DealSlot memory slot = _known(dealid);
        DealRecord.Terms memory deal = DealRecord.load(slot.record);
        if (msg.sender != deal.workerpoolOwner) revert TaskState.NotAllowed(msg.sender);
        uint256 first = Batch.book().sliced[dealid];
        if (count == 0) revert Batches.EmptySlice();
        if (slot.size == 1) revert Batches.SingleTask(dealid);
        // A task opened alone, or one that was carved out, ends the front.
        if (slot.opened != first) revert Batches.NotAtTheFront(slot.opened, first);
        if (first + count > deal.botSize) {
            revert TaskState.IndexOutOfBag(
                deal.botFirst + first + count - 1, deal.botFirst, deal.botSize
            );
        }
        Batch.book().sliced[dealid] = first + count;
        Store.hub().deal[dealid].opened = uint32(first + count);
        Store.hub().deal[dealid].sliced = true;
        bytes32 sliceid = _open(slot.record, dealid, first, count);
        Course.begin(deal, sliceid);
        return sliceid;
    }

    /// @notice See `Batches.carve`.
    function carve(bytes32 dealid, uint256 idx) external {
        Store.DealSlot memory slot = _known(dealid);
        DealRecord.Terms memory deal = DealRecord.load(slot.record);
        if (msg.sender != deal.workerpoolOwner) revert TaskState.NotAllowed(msg.sender);
        (Batch.Slice memory slice, uint256 at) = _find(dealid, deal, idx);
        bytes32 sliceid = Batch.id(dealid, slice.first, slice.count);
        TaskFacts memory task = Store.hub().task[sliceid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.ACTIVE);
        Course.follow(deal, sliceid);
        TaskState.requireBefore(deal.contributionDeadline());
        // Who staked a bond on this vote is owed its end.
        if (deal.challenger != address(0)) revert Contests.NotContestable(deal.tag);

        task.status = TaskStatusEnum.FAILED;
        Store.hub().task[sliceid] = task.pack();
        Batch.book().slices[dealid][at].count = 0;
        Batch.book().sliced[dealid] = type(uint256).max;
        Store.hub().deal[dealid].opened = slot.opened - 1;
        _openAround(slot.record, deal, slice, idx - deal.botFirst);
        emit Batches.SliceCarved(dealid, sliceid, idx);
        Batch.scale(deal, sliceid);
        Payment.release(deal, sliceid, task, false);
    }

    /// @notice See `Batches.proveResult`.
    function proveResult(bytes32 dealid, uint256 idx, bytes32 digest, bytes32[] calldata proof)
        external
    {
        (DealRecord.Terms memory deal,) = _prove(dealid, idx, digest, msg.data[0:0], proof);
        if (deal.callback != address(0)) revert TaskState.CallbackNotBound(digest);
    }

    /// @notice See `Batches.proveResultWithCallback`.
    function proveResultWithCallback(
        bytes32 dealid,
        uint256 idx,
        bytes calldata resultsCallback,
        bytes32[] calldata proof
    ) external {
        (DealRecord.Terms memory deal, bytes32 taskid) =
            _prove(dealid, idx, keccak256(resultsCallback), resultsCallback, proof);
        if (deal.callback != address(0)) Callback.deliver(deal.callback, taskid, resultsCallback);
    }

    function _known(bytes32 dealid) private view returns (Store.DealSlot memory slot) {
        slot = Store.hub().deal[dealid];
        if (slot.record == address(0)) revert TaskState.UnknownDeal(dealid);
        if (slot.closed) revert TaskState.DealIsClosed(dealid);
    }

    function _open(address record, bytes32 dealid, uint256 first, uint256 count)
        private
        returns (bytes32 sliceid)
    {
        sliceid = Batch.id(dealid, first, count);
        Store.hub().task[sliceid] = activeSlice(record, first);
        Batch.book().count[sliceid] = count;
        Batch.book().slices[dealid].push(Batch.Slice(uint32(first), uint32(count)));
        emit Batches.SliceOpened(dealid, sliceid, first, count);
    }

    /// @dev What is before and after the task `out`, as slices.
    /// @dev `deal` is that of the slice, whose clock goes on.
    function _openAround(
        address record,
        DealRecord.Terms memory deal,
        Batch.Slice memory slice,
        uint256 out
    ) private {
        uint256 left = out - slice.first;
        if (left > 0) Course.goOn(deal, _open(record, deal.dealid, slice.first, left));
        uint256 right = slice.count - left - 1;
        if (right > 0) Course.goOn(deal, _open(record, deal.dealid, out + 1, right));
    }

    function _find(bytes32 dealid, DealRecord.Terms memory deal, uint256 idx)
        private
        view
        returns (Batch.Slice memory slice, uint256 at)
    {
        if (idx < deal.botFirst) revert Batches.NotInASlice(dealid, idx);
        bool found;
        (found, at) = Batch.find(dealid, idx - deal.botFirst);
        if (!found) revert Batches.NotInASlice(dealid, idx);
        slice = Batch.book().slices[dealid][at];
    }

    function _prove(
        bytes32 dealid,
        uint256 idx,
        bytes32 digest,
        bytes calldata resultsCallback,
        bytes32[] calldata proof
    ) private returns (DealRecord.Terms memory deal, bytes32 taskid) {
        address record = Store.hub().deal[dealid].record;
        if (record == address(0)) revert TaskState.UnknownDeal(dealid);
        deal = DealRecord.load(record);
        (Batch.Slice memory slice,) = _find(dealid, deal, idx);
        bytes32 sliceid = Batch.id(dealid, slice.first, slice.count);
        (bytes32 root, address worker) = _agreed(sliceid);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(idx, digest))));
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) {
            revert Batches.ProofRefused(root, leaf);
        }

        taskid = TaskState.id(dealid, idx);
        TaskState.requireStatus(Store.hub().task[taskid].status(), TaskStatusEnum.UNSET);
        ResultRecord.Facts memory facts;
        facts.deal = record;
        facts.worker = worker;
        facts.digest = digest;
        Store.hub().task[taskid] = activeTask(record, idx - deal.botFirst)
            .complete(ResultRecord.save(facts, msg.data[0:0], resultsCallback));
        Batch.book().provedIn[taskid] = sliceid;
        emit Batches.ResultProved(taskid, sliceid, digest);
    }

    /// @dev What the workers of a settled slice agreed on, and one who opened its vote for it.
    function _agreed(bytes32 sliceid) private view returns (bytes32 root, address worker) {
        TaskFacts memory task = Store.hub().task[sliceid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.COMPLETED);
        if (task.contributors == 0) {
            ResultRecord.Facts memory result = ResultRecord.load(task.record);
            return (result.digest, result.worker);
        }
        Ballots.Outcome memory outcome = Ballots.review(Store.hub().ballot[sliceid], task);
        uint256 i;
        while (!Ballots.isProved(outcome, task, i)) ++i;
        return (outcome.digest, outcome.votes[i].worker());
    }
}
