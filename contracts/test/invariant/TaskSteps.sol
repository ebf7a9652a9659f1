// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {ContributionStatusEnum, Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {vm} from "../support/Vm.sol";
import {Papers} from "./Papers.sol";

/// @dev What moves on tasks are made of, with the bookkeeping of each.
abstract contract TaskSteps is Papers {
    error Completed();

    uint256 private constant MOST_OPEN = 16;

    function _claim(bytes32 taskid) internal {
        Task memory seen = hub.viewTask(taskid);
        bool revealing = seen.status == TaskStatusEnum.REVEALING;
        hub.claim(taskid);
        TaskBook storage task = tasks[taskid];
        DealBook storage deal = deals[task.dealid];
        _refund(deal, task.tasks);
        _release(taskid, revealing ? seen.consensusValue : bytes32(0));
        if (task.challenger != address(0)) due[task.challenger] -= _stakeOn(taskid);
        _endTask(taskid, false);
    }

    /// @dev Stakes come back, but of those who were rejected, or hide what was `agreed`.
    function _release(bytes32 taskid, bytes32 agreed) internal {
        uint256 stake = _stakeOn(taskid);
        for (uint256 i = 0; i < WORKERS; ++i) {
            address who = _workerAt(i);
            VoteBook storage mine = votes[taskid][who];
            if (mine.stance == Stance.None) continue;
            due[who] -= stake;
            bool hid = mine.stance == Stance.Rejected
                || (mine.stance == Stance.Sealed && resultHash(taskid, mine.digest) == agreed);
            if (!hid) continue;
            _punish(who, stake);
            change[KITTY] += int256(stake);
        }
    }

    function _claimUntouched(bytes32 dealid) internal {
        DealBook storage deal = deals[dealid];
        uint256 count = hub.claimUntouched(dealid);
        _must(count == deal.fresh, "not all untouched tasks were refunded");
        _refund(deal, count);
        deal.fresh = 0;
        for (uint256 i = 0; i < deal.size; ++i) {
            if (!taken[dealid][i]) fates[dealid][i] = Fate.Refunded;
        }
        _settle(dealid, count);
    }

    function _open(uint256 dice) internal returns (bytes32 taskid) {
        (bytes32 dealid, bool found) = _untouched(dice, 0);
        if (!found) dealid = _match(_classic(dice), false);
        return _openIn(dealid);
    }

    function _openIn(bytes32 dealid) internal returns (bytes32 taskid) {
        require(open.length < MOST_OPEN, "enough tasks");
        uint256 idx;
        while (taken[dealid][idx]) ++idx;
        if (uint256(dealid) % 4 == 0) {
            vm.prank(scheduler);
            taskid = hub.initializeCommitted(dealid, idx, "these workers");
        } else {
            taskid = hub.initialize(dealid, idx);
        }
        taken[dealid][idx] = true;
        --deals[dealid].fresh;
        _opened(taskid, dealid, idx, 1, false);
        _startsClock(taskid);
    }

    function _slice(uint256 dice) internal returns (bytes32 sliceid) {
        (bytes32 dealid, bool found) = _untouched(dice, 2);
        if (!found) dealid = _match(_classic(dice) | 0x100, false);
        DealBook storage deal = deals[dealid];
        uint256 count = 1 + (dice >> 128) % deal.size;
        vm.prank(scheduler);
        sliceid = hub.openSlice(dealid, count);
        for (uint256 i = 0; i < count; ++i) {
            taken[dealid][i] = true;
        }
        deal.fresh -= count;
        _opened(sliceid, dealid, 0, count, true);
        _startsClock(sliceid);
    }

    /// @dev Sometimes nobody did anything until `end`.
    function _lateFor(uint256 end, uint256 dice) internal {
        require((dice >> 240) % 4 == 0, "nothing is late");
        if (block.timestamp < end) vm.warp(end);
    }

    function _vote(uint256 dice, bytes memory answer, bool sealed_) internal {
        (bytes32 taskid, bool found) = _pick(dice, Want.Active);
        if (!found) taskid = _open(dice);
        address me = _workerAt(dice >> 128);
        // Who voted already leaves it to the next.
        for (uint256 i = 1; i < WORKERS && votes[taskid][me].stance != Stance.None; ++i) {
            me = _workerAt((dice >> 128) % WORKERS + i);
        }
        _voteOn(taskid, me, answer, sealed_);
    }

    function _voteOn(bytes32 taskid, address me, bytes memory answer, bool sealed_) internal {
        Batches.SignedContribution memory c = _ballot(taskid, me, answer, sealed_);
        vm.prank(me);
        hub.contribute(
            taskid,
            c.resultHash,
            c.resultSeal,
            c.enclaveChallenge,
            c.enclaveSign,
            c.authorizationSign
        );
        _voted(taskid, me, answer, !sealed_);
    }

    function _voted(bytes32 taskid, address me, bytes memory answer, bool copied) internal {
        TaskBook storage task = tasks[taskid];
        due[me] += _stakeOn(taskid);
        uint256 tier = score[me] / 3;
        uint256 weight = (tier > 3 ? tier : 3) - 1;
        votes[taskid][me] = VoteBook(_digest(task, answer), Stance.Sealed, copied, weight);
        task.revealing = statusOf(taskid) == TaskStatusEnum.REVEALING;
        if (task.revealing) task.revealEnd = block.timestamp + 2 * CLOCK;
    }

    /// @dev Who agreed and did not open is out.
    function _reopened(bytes32 taskid) internal {
        tasks[taskid].revealing = false;
        for (uint256 i = 0; i < WORKERS; ++i) {
            address who = _workerAt(i);
            VoteBook storage mine = votes[taskid][who];
            if (mine.stance != Stance.Sealed) continue;
            bool rejected =
                hub.viewContribution(taskid, who).status == ContributionStatusEnum.REJECTED;
            if (rejected) mine.stance = Stance.Rejected;
        }
    }

    /// @dev What is left of a slice goes on with its clock.
    function _part(TaskBook memory whole, uint256 first, uint256 count) internal {
        if (count == 0) return;
        bytes32 dealid = whole.dealid;
        bytes32 sliceid = keccak256(abi.encode(dealid, first, count));
        _opened(sliceid, dealid, first, count, true);
        tasks[sliceid].start = whole.start;
        _must(hub.viewTask(sliceid).finalDeadline == _endOf(sliceid), "carving changed a clock");
    }

    /// @dev Now, where the deal has a life, and at the latest when that is over.
    function _startsClock(bytes32 taskid) private {
        TaskBook storage task = tasks[taskid];
        DealBook storage deal = deals[task.dealid];
        uint256 last = _lastStartOf(deal);
        task.start = deal.life > 0 && block.timestamp < last ? block.timestamp : last;
        _must(hub.viewTask(taskid).finalDeadline == _endOf(taskid), "another end than agreed");
    }

    function _opened(bytes32 taskid, bytes32 dealid, uint256 first, uint256 count, bool slice)
        internal
    {
        TaskBook storage task = tasks[taskid];
        (task.dealid, task.first, task.tasks, task.slice) = (dealid, first, count, slice);
        open.push(taskid);
    }

    /// @dev Whether the task would be completed so. Nothing is.
    function _completes(address by, bytes32 taskid, bytes memory results, bytes memory back)
        internal
        returns (bool)
    {
        bytes memory call_ = abi.encodeCall(hub.finalize, (taskid, results, back));
        try this.probe(by, call_, taskid) {}
        catch (bytes memory answer) {
            return keccak256(answer) == keccak256(abi.encodeWithSelector(Completed.selector));
        }
        return false;
    }

    function probe(address by, bytes calldata call_, bytes32 taskid) external {
        vm.prank(by);
        (bool ok,) = address(hub).call(call_);
        if (ok && statusOf(taskid) == TaskStatusEnum.COMPLETED) revert Completed();
        revert("undone");
    }

    function _refused(address who, bytes memory call_, string memory what) internal {
        vm.prank(who);
        (bool ok,) = address(hub).call(call_);
        _must(!ok, what);
    }

    function _classic(uint256 dice) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(dice)));
    }

    /// @dev A task in which workers agreed; if there is none, one worker agrees with itself.
    function _revealing(uint256 dice) internal returns (bytes32 taskid) {
        bool found;
        (taskid, found) = _pick(dice, Want.Revealing);
        if (found) return taskid;
        (taskid, found) = _pick(dice, Want.Single);
        if (!found) taskid = _openIn(_match(dice & ~uint256(1), false));
        _voteOn(taskid, _workerAt(dice >> 128), TRUTH, true);
    }

    /// @dev A worker who agreed and has not opened its vote, if there is one.
    function _sealed(bytes32 taskid, uint256 dice) internal view returns (address who) {
        for (uint256 i = 0; i < WORKERS; ++i) {
            who = _workerAt(dice % WORKERS + i);
            if (votes[taskid][who].stance == Stance.Sealed) return who;
        }
    }

    /// @dev The next open task that is as wanted.
    function _pick(uint256 dice, Want want) internal view returns (bytes32, bool) {
        for (uint256 i = 0; i < open.length; ++i) {
            bytes32 taskid = open[(dice % open.length + i) % open.length];
            if (_is(taskid, want)) return (taskid, true);
        }
        return (0, false);
    }

    function _is(bytes32 taskid, Want want) internal view returns (bool) {
        TaskBook storage task = tasks[taskid];
        DealBook storage deal = deals[task.dealid];
        if (want == Want.Late) return block.timestamp >= _endOf(taskid);
        if (want == Want.Doubtful) return _isDoubtful(taskid);
        if (want == Want.Revealing) return task.revealing && block.timestamp < _endOf(taskid);
        if (task.revealing || block.timestamp >= task.start + 7 * CLOCK) return false;
        if (want == Want.Slice) return task.slice;
        if (want == Want.Doubted) return task.challenger != address(0);
        if (want == Want.Active) return true;
        for (uint256 i = 0; i < WORKERS; ++i) {
            if (votes[taskid][_workerAt(i)].stance != Stance.None) return false;
        }
        return deal.trust <= 1;
    }

    /// @dev Whether somebody opened a result that can still be doubted.
    function _isDoubtful(bytes32 taskid) internal view returns (bool) {
        TaskBook storage task = tasks[taskid];
        uint256 grace = _graceOf(taskid);
        if (!task.revealing || grace == 0 || deals[task.dealid].poolPrice == 0) return false;
        if (block.timestamp >= task.revealEnd + grace) return false;
        return hub.viewTask(taskid).revealCounter > 0;
    }

    /// @dev A classic deal with tasks that nobody opened: 0 in time, 1 too late, 2 all of a bag.
    function _untouched(uint256 dice, uint256 kind) internal view returns (bytes32, bool) {
        for (uint256 i = 0; i < live.length; ++i) {
            bytes32 dealid = live[(dice % live.length + i) % live.length];
            DealBook storage deal = deals[dealid];
            if (deal.boost || deal.fresh == 0) continue;
            uint256 end = _closingOf(deal);
            if (kind == 1 && block.timestamp < end) continue;
            if (kind != 1 && block.timestamp + 3 * CLOCK >= end) continue;
            if (kind == 2 && (deal.size == 1 || deal.fresh < deal.size)) continue;
            return (dealid, true);
        }
        return (0, false);
    }
}
