// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

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
        (bytes32 dealid, bool found) = _untouched(dice, 2);
        if (!found) dealid = _match(_classic(dice) | 0x100, false);
        DealBook storage deal = deals[dealid];
        uint256 count = 1 + (dice >> 128) % deal.size;
        vm.prank(scheduler);
        bytes32 sliceid = hub.openSlice(dealid, count);
        for (uint256 i = 0; i < count; ++i) {
            taken[dealid][i] = true;
        }
        deal.fresh -= count;
        _opened(sliceid, dealid, 0, count, true);
        _audit();
    }

    /// @dev The scheduler gives a task of a slice up: all its votes are void.
    function carve(uint256 dice) external {
        (bytes32 sliceid, bool found) = _pick(dice, Want.Slice);
        if (!found) sliceid = _slice(dice);
        TaskBook memory task = tasks[sliceid];
        uint256 idx = task.first + (dice >> 128) % task.tasks;
        vm.prank(scheduler);
        hub.carve(task.dealid, idx);
        uint256 stake = _stakeOf(deals[task.dealid]) * task.tasks;
        for (uint256 i = 0; i < WORKERS; ++i) {
            if (votes[sliceid][_workerAt(i)].stance != Stance.None) due[_workerAt(i)] -= stake;
        }
        _remove(open, sliceid);
        taken[task.dealid][idx] = false;
        ++deals[task.dealid].fresh;
        _part(task.dealid, task.first, idx - task.first);
        _part(task.dealid, idx + 1, task.first + task.tasks - idx - 1);
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
        bytes32 digest = hub.viewTask(taskid).resultDigest;
        bool bound = deals[task.dealid].callback != address(0) && !task.slice;
        bytes memory back = bound ? (digest == _digest(task, TRUTH) ? TRUTH : LIE) : new bytes(0);
        uint256 who = (dice >> 128) % 4;
        vm.prank(who < 2 ? scheduler : who == 2 ? _workerAt(dice >> 136) : stranger);
        hub.finalize(taskid, who == 3 ? bytes("") : RESULTS, back);
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
        bool bound = deals[task.dealid].callback != address(0) && !task.slice;
        address me = _workerAt(dice >> 128);
        bytes memory grant = authorization(me, taskid, address(0));
        bytes32 digest = _digest(task, answer);
        vm.prank(me);
        hub.contributeAndFinalize(
            taskid, digest, RESULTS, bound ? answer : new bytes(0), address(0), "", grant
        );
        gains[me] = true;
        _succeed(taskid, digest);
        _audit();
    }

    function claim(uint256 dice) external {
        (bytes32 taskid, bool found) = _pick(dice, Want.Late);
        if (!found) {
            taskid = open[dice % open.length];
            _lateFor(tasks[taskid].dealid, dice);
        }
        _claim(taskid);
        _audit();
    }

    function claimUntouched(uint256 dice) external {
        (bytes32 dealid, bool found) = _untouched(dice, 1);
        if (!found) {
            dealid = live[dice % live.length];
            _lateFor(dealid, dice);
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
        if (deals[task.dealid].callback == address(0)) {
            hub.proveResult(task.dealid, task.first + at, keccak256(answer), proof);
        } else {
            hub.proveResultWithCallback(task.dealid, task.first + at, answer, proof);
        }
        _audit();
    }
}
