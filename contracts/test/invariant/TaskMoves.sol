// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Tree} from "../support/Tree.sol";
import {vm} from "../support/Vm.sol";
import {TaskSteps} from "./TaskSteps.sol";

/// @dev Tasks, from opening to either end, by whoever may.
abstract contract TaskMoves is TaskSteps {
    function initialize(uint256 dice) external {
        _open(dice);
        _audit();
    }

    function openSlice(uint256 dice) external {
        _slice(dice);
        _audit();
    }

    /// @dev The scheduler gives a task of a slice up: all its votes are void. Who was rejected before
    /// stays guilty.
    function carve(uint256 dice) external {
        (bytes32 sliceid, bool found) = _pick(dice, Want.Slice);
        if (!found) sliceid = _slice(dice);
        TaskBook memory task = tasks[sliceid];
        uint256 idx = task.first + (dice >> 128) % task.tasks;
        vm.prank(scheduler);
        hub.carve(task.dealid, idx);
        _must(task.challenger == address(0), "a doubted slice was carved");
        _release(sliceid, 0);
        _remove(open, sliceid);
        taken[task.dealid][idx] = false;
        ++deals[task.dealid].fresh;
        _part(task, task.first, idx - task.first);
        _part(task, idx + 1, task.first + task.tasks - idx - 1);
        _audit();
    }

    function voteHonestly(uint256 dice) external {
        _vote(dice, TRUTH, true);
        _audit();
    }

    function voteWithALie(uint256 dice) external {
        _vote(dice, LIE, true);
        _audit();
    }

    /// @dev A copy of somebody's hash, which the copier cannot open.
    function voteWithACopy(uint256 dice) external {
        _vote(dice, (dice >> 200) % 2 == 0 ? TRUTH : LIE, false);
        _audit();
    }

    /// @dev Somebody sends the votes that workers signed, of one mind or not.
    function voteForOthers(uint256 dice) external {
        (bytes32 taskid, bool found) = _pick(dice, Want.Active);
        if (!found) taskid = _open(dice);
        // At little trust the first vote is the last.
        uint256 count = _trustOf(taskid) > 2 ? 2 : 1;
        Batches.SignedContribution[] memory all = new Batches.SignedContribution[](count);
        bytes[2] memory answers = [TRUTH, (dice >> 120) % 4 == 0 ? LIE : TRUTH];
        uint256 next = (dice >> 128) % WORKERS;
        for (uint256 i = 0; i < count; ++i) {
            next = _fresh(taskid, next);
            all[i] = _ballot(taskid, _workerAt(next), answers[i], true);
            all[i].workerSign = sign(workerKey(next % WORKERS), message(_signedPart(all[i])));
            ++next;
        }
        _refused(
            stranger,
            abi.encodeCall(hub.contributeSigned, (_forged(all[0], _workerAt(next)))),
            "a forged vote"
        );
        vm.prank(stranger);
        hub.contributeSigned(all);
        for (uint256 i = 0; i < count; ++i) {
            _voted(taskid, all[i].worker, answers[i], false);
        }
        _audit();
    }

    /// @dev Somebody who knows the digest opens the votes of all who have not.
    function revealForOthers(uint256 dice) external {
        bytes32 taskid = _revealing(dice);
        address[] memory who = new address[](1);
        who[0] = _sealed(taskid, dice >> 128);
        vm.prank(stranger);
        hub.revealFor(taskid, who, votes[taskid][who[0]].digest);
        _openedBy(taskid, who[0]);
        _audit();
    }

    function _signedPart(Batches.SignedContribution memory c) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                block.chainid,
                address(hub),
                c.taskid,
                c.resultHash,
                c.resultSeal,
                c.enclaveChallenge
            )
        );
    }

    /// @dev The next worker who has not voted, if there is one.
    function _fresh(bytes32 taskid, uint256 next) private view returns (uint256) {
        for (uint256 i = 0; i < WORKERS; ++i) {
            if (votes[taskid][_workerAt(next + i)].stance == Stance.None) return next + i;
        }
        return next;
    }

    /// @dev The vote in the name of another, to whom the scheduler gave its word.
    function _forged(Batches.SignedContribution memory c, address other)
        private
        pure
        returns (Batches.SignedContribution[] memory one)
    {
        one = new Batches.SignedContribution[](1);
        one[0] = Batches.SignedContribution(
            c.taskid,
            other,
            c.resultHash,
            c.resultSeal,
            c.enclaveChallenge,
            c.enclaveSign,
            authorization(other, c.taskid, c.enclaveChallenge),
            c.workerSign
        );
    }

    function reveal(uint256 dice) external {
        bytes32 taskid = _revealing(dice);
        this.revealOf(taskid, _sealed(taskid, dice >> 128));
        _audit();
    }

    function revealAll(uint256 dice) external {
        bytes32 taskid = _revealing(dice);
        uint256 count;
        for (uint256 i = 0; i < WORKERS; ++i) {
            address who = _workerAt(i);
            try this.revealOf(taskid, who) {
                ++count;
            } catch {}
        }
        require(count > 0, "nobody revealed");
        _audit();
    }

    function revealOf(bytes32 taskid, address who) external {
        vm.prank(who);
        hub.reveal(taskid, votes[taskid][who].digest);
        _openedBy(taskid, who);
    }

    function _openedBy(bytes32 taskid, address who) private {
        _must(!votes[taskid][who].copied, "a copy was opened");
        votes[taskid][who].stance = Stance.Opened;
    }

    /// @dev By the scheduler mostly; by a worker or a stranger when the hub lets them.
    function finalize(uint256 dice) external {
        bytes32 taskid = _revealing(dice);
        for (uint256 i = 0; i < WORKERS; ++i) {
            // Most often the workers did their part before; else time must have passed.
            if ((dice >> 144) % 4 == 0) break;
            try this.revealOf(taskid, _workerAt(i)) {} catch {}
        }
        if ((dice >> 152) % 4 == 0) vm.warp(block.timestamp + 2 * CLOCK);
        TaskBook storage task = tasks[taskid];
        // Most wait until nobody can doubt the result any more.
        if (_graceOf(taskid) > 0 && _classic(dice) % 4 > 0) {
            for (uint256 i = 0; i < WORKERS; ++i) {
                try this.revealOf(taskid, _workerAt(i)) {} catch {}
            }
            vm.warp(task.revealEnd + _graceOf(taskid));
            _refused(requester, abi.encodeCall(hub.contest, (taskid)), "doubted in vain");
            // What follows would revert, and the finding with it.
            if (bytes(broken).length > 0) return;
        }
        bytes32 digest = hub.viewTask(taskid).resultDigest;
        (bytes memory results, bytes memory back) =
            _written(task, digest == _digest(task, TRUTH) ? TRUTH : LIE);
        uint256 who = (dice >> 128) % 4;
        address by = who < 2 ? scheduler : who == 2 ? _workerAt(dice >> 136) : stranger;
        if (deals[task.dealid].bound) {
            _must(!_completes(by, taskid, RESULTS, back), "other bytes than agreed");
        } else if (who == 3) {
            results = "";
        }
        vm.prank(by);
        hub.finalize(taskid, results, back);
        if (statusOf(taskid) == TaskStatusEnum.COMPLETED) _succeed(taskid, digest);
        else _reopened(taskid);
        _audit();
    }

    function reopen(uint256 dice) external {
        bytes32 taskid = _revealing(dice);
        if ((dice >> 128) % 2 == 0) vm.warp(block.timestamp + 2 * CLOCK);
        vm.prank(scheduler);
        hub.reopen(taskid);
        _reopened(taskid);
        _audit();
    }

    /// @dev The only worker of a task at trust 1.
    function contributeAndFinalize(uint256 dice) external {
        (bytes32 taskid, bool found) = _pick(dice, Want.Single);
        if (!found) taskid = _openIn(_match(dice & ~uint256(1), false));
        TaskBook storage task = tasks[taskid];
        bytes memory answer = (dice >> 120) % 4 == 0 ? LIE : TRUTH;
        (bytes memory results, bytes memory back) = _written(task, answer);
        Batches.SignedContribution memory c = _ballot(taskid, _workerAt(dice >> 128), answer, true);
        vm.prank(c.worker);
        hub.contributeAndFinalize(
            taskid,
            _digest(task, answer),
            results,
            back,
            c.enclaveChallenge,
            c.enclaveSign,
            c.authorizationSign
        );
        gains[c.worker] = true;
        _succeed(taskid, _digest(task, answer));
        _audit();
    }

    function claim(uint256 dice) external {
        (bytes32 taskid, bool found) = _pick(dice, Want.Late);
        if (!found) {
            taskid = open[dice % open.length];
            _lateFor(_endOf(taskid), dice);
        }
        _claim(taskid);
        _audit();
    }

    function claimUntouched(uint256 dice) external {
        (bytes32 dealid, bool found) = _untouched(dice, 1);
        if (!found) {
            dealid = live[dice % live.length];
            _lateFor(_closingOf(deals[dealid]), dice);
        }
        _claimUntouched(dealid);
        _audit();
    }

    /// @dev Shows, of a settled slice, the result of one task.
    function proveResult(uint256 dice) external {
        bytes32 sliceid = settled[dice % settled.length];
        TaskBook storage task = tasks[sliceid];
        bytes memory answer =
            hub.viewTask(sliceid).resultDigest == _digest(task, TRUTH) ? TRUTH : LIE;
        bytes32[] memory leaves = _leaves(task, answer);
        uint256 at = (dice >> 128) % leaves.length;
        bytes32[] memory proof = Tree.proof(leaves, at);
        if (deals[task.dealid].bound) proof = _with(proof, _leafOfBytes(answer));
        if (deals[task.dealid].callback == address(0)) {
            hub.proveResult(task.dealid, task.first + at, keccak256(answer), proof);
        } else {
            hub.proveResultWithCallback(task.dealid, task.first + at, answer, proof);
        }
        _audit();
    }

    function _with(bytes32[] memory path, bytes32 last)
        private
        pure
        returns (bytes32[] memory all)
    {
        all = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            all[i] = path[i];
        }
        all[path.length] = last;
    }
}
