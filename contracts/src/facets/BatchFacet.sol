// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Batches} from "../interfaces/Batches.sol";
import {Task, TaskStatusEnum} from "../interfaces/Records.sol";
import {Ballots} from "../libraries/Ballots.sol";
import {Batch} from "../libraries/Batch.sol";
import {Callback} from "../libraries/Callback.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {ResultRecord} from "../libraries/ResultRecord.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskView} from "../libraries/TaskView.sol";
import {TaskFacts, activeSlice, activeTask} from "../libraries/TaskWord.sol";
import {Voting} from "../libraries/Voting.sol";

/// @title BatchFacet
/// @notice Slices of bags, and votes sent for others.
contract BatchFacet is Batches {
    using DealRecord for DealRecord.Terms;

    /// @inheritdoc Batches
    function openSlice(bytes32 dealid, uint256 count) external returns (bytes32) {
        Store.DealSlot memory slot = _known(dealid);
        DealRecord.Terms memory deal = DealRecord.load(slot.record);
        if (msg.sender != deal.workerpoolOwner) revert TaskState.NotAllowed(msg.sender);
        uint256 first = Batch.book().sliced[dealid];
        if (count == 0) revert EmptySlice();
        if (slot.size == 1) revert SingleTask(dealid);
        // A task opened alone, or one that was carved out, ends the front.
        if (slot.opened != first) revert NotAtTheFront(slot.opened, first);
        if (first + count > deal.botSize) {
            revert TaskState.IndexOutOfBag(
                deal.botFirst + first + count - 1, deal.botFirst, deal.botSize
            );
        }
        Batch.book().sliced[dealid] = first + count;
        Store.hub().deal[dealid].opened = uint32(first + count);
        Store.hub().deal[dealid].sliced = true;
        return _open(slot.record, dealid, first, count);
    }

    /// @inheritdoc Batches
    function carve(bytes32 dealid, uint256 idx) external {
        Store.DealSlot memory slot = _known(dealid);
        DealRecord.Terms memory deal = DealRecord.load(slot.record);
        if (msg.sender != deal.workerpoolOwner) revert TaskState.NotAllowed(msg.sender);
        (Batch.Slice memory slice, uint256 at) = _find(dealid, deal, idx);
        bytes32 sliceid = Batch.id(dealid, slice.first, slice.count);
        TaskFacts memory task = Store.hub().task[sliceid].unpack();
        TaskState.requireStatus(task.status, TaskStatusEnum.ACTIVE);
        TaskState.requireBefore(deal.contributionDeadline());

        task.status = TaskStatusEnum.FAILED;
        Store.hub().task[sliceid] = task.pack();
        Batch.book().slices[dealid][at].count = 0;
        Batch.book().sliced[dealid] = type(uint256).max;
        Store.hub().deal[dealid].opened = slot.opened - 1;
        uint256 out = idx - deal.botFirst;
        uint256 left = out - slice.first;
        if (left > 0) _open(slot.record, dealid, slice.first, left);
        uint256 right = slice.count - left - 1;
        if (right > 0) _open(slot.record, dealid, out + 1, right);
        emit SliceCarved(dealid, sliceid, idx);
        _release(sliceid, task, deal.workerStake() * slice.count);
    }

    /// @inheritdoc Batches
    function proveResult(bytes32 dealid, uint256 idx, bytes32 digest, bytes32[] calldata proof)
        external
    {
        (DealRecord.Terms memory deal,) = _prove(dealid, idx, digest, msg.data[0:0], proof);
        if (deal.callback != address(0)) revert TaskState.CallbackNotBound(digest);
    }

    /// @inheritdoc Batches
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

    /// @inheritdoc Batches
    function contributeSigned(SignedContribution[] calldata contributions) external {
        for (uint256 i = 0; i < contributions.length; ++i) {
            SignedContribution calldata c = contributions[i];
            bytes32 message = keccak256(
                abi.encode(
                    block.chainid,
                    address(this),
                    c.taskid,
                    c.resultHash,
                    c.resultSeal,
                    c.enclaveChallenge
                )
            );
            bytes32 signed = Signature.ethereumMessage(message);
            if (!Signature.verify(c.worker, signed, c.workerSign)) {
                revert ContributionRefused(c.worker);
            }
            Voting.contribute(
                Voting.Sealed(c.taskid, c.worker, c.resultHash, c.resultSeal, c.enclaveChallenge),
                c.enclaveSign,
                c.authorizationSign
            );
        }
    }

    /// @inheritdoc Batches
    function revealFor(bytes32 taskid, address[] calldata workers, bytes32 resultDigest) external {
        for (uint256 i = 0; i < workers.length; ++i) {
            Voting.reveal(taskid, workers[i], resultDigest);
        }
    }

    /// @inheritdoc Batches
    function sliceOf(bytes32 dealid, uint256 idx) public view returns (bytes32) {
        address record = Store.hub().deal[dealid].record;
        if (record == address(0)) return 0;
        uint256 botFirst = DealRecord.load(record).botFirst;
        if (idx < botFirst) return 0;
        (bool found, uint256 at) = Batch.find(dealid, idx - botFirst);
        if (!found) return 0;
        Batch.Slice memory slice = Batch.book().slices[dealid][at];
        return Batch.id(dealid, slice.first, slice.count);
    }

    /// @inheritdoc Batches
    function viewTaskAt(bytes32 dealid, uint256 idx) external view returns (Task memory task) {
        task = TaskView.task(TaskState.id(dealid, idx));
        if (task.status != TaskStatusEnum.UNSET) return task;
        bytes32 sliceid = sliceOf(dealid, idx);
        if (sliceid == 0) return task;
        task = TaskView.task(sliceid);
        task.idx = idx;
        // The slice's digest is the root of all, not the result of this one.
        task.resultDigest = 0;
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
        emit SliceOpened(dealid, sliceid, first, count);
    }

    function _find(bytes32 dealid, DealRecord.Terms memory deal, uint256 idx)
        private
        view
        returns (Batch.Slice memory slice, uint256 at)
    {
        if (idx < deal.botFirst) revert NotInASlice(dealid, idx);
        bool found;
        (found, at) = Batch.find(dealid, idx - deal.botFirst);
        if (!found) revert NotInASlice(dealid, idx);
        slice = Batch.book().slices[dealid][at];
    }

    /// @dev Votes on a slice that is no more bind nobody.
    function _release(bytes32 sliceid, TaskFacts memory task, uint256 stake) private {
        Store.Ballot storage ballot = Store.hub().ballot[sliceid];
        for (uint256 i = 0; i < task.contributors; ++i) {
            Escrow.unlock(ballot.votes[i].worker(), stake);
        }
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
        Task memory settled = TaskView.task(sliceid);
        TaskState.requireStatus(settled.status, TaskStatusEnum.COMPLETED);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(idx, digest))));
        if (!MerkleProof.verifyCalldata(proof, settled.resultDigest, leaf)) {
            revert ProofRefused(settled.resultDigest, leaf);
        }

        taskid = TaskState.id(dealid, idx);
        TaskState.requireStatus(Store.hub().task[taskid].status(), TaskStatusEnum.UNSET);
        ResultRecord.Facts memory facts;
        facts.deal = record;
        facts.worker = settled.contributors[0];
        facts.digest = digest;
        Store.hub().task[taskid] = activeTask(record, idx - deal.botFirst)
            .complete(ResultRecord.save(facts, msg.data[0:0], resultsCallback));
        Batch.book().provedIn[taskid] = sliceid;
        emit ResultProved(taskid, sliceid, digest);
    }
}
