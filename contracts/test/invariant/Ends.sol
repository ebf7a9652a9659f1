// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {World} from "./World.sol";

/// @dev Who must have what when tasks end.
abstract contract Ends is World {
    /// @dev Sponsor pays, owners are paid, stakes come back or are lost.
    function _succeed(bytes32 taskid, bytes32 digest) internal {
        TaskBook storage task = tasks[taskid];
        DealBook storage deal = deals[task.dealid];
        _paidOut(deal, task.tasks);
        uint256 stake = _stakeOn(taskid);
        uint256 count;
        _must(_credible(taskid, digest), "a result below the asked trust was paid");
        if (task.challenger != address(0)) _judge(task, digest, stake);
        else _must(_isOver(taskid), "paid before it could be doubted");
        for (uint256 i = 0; i < WORKERS; ++i) {
            if (votes[taskid][_workerAt(i)].stance != Stance.None) ++count;
        }
        for (uint256 i = 0; i < WORKERS; ++i) {
            address who = _workerAt(i);
            VoteBook storage vote_ = votes[taskid][who];
            if (vote_.stance == Stance.None) continue;
            due[who] -= stake;
            if (vote_.stance == Stance.Opened && vote_.digest == digest) {
                gains[who] = true;
                if (count > 1 && deal.poolPrice > 0) ++score[who];
            } else {
                _punish(who, stake);
            }
        }
        if (tasks[taskid].slice) settled.push(taskid);
        _endTask(taskid, true);
    }

    /// @dev Whether there was time to look at the opened result.
    function _isOver(bytes32 taskid) private view returns (bool) {
        uint256 grace = _graceOf(taskid);
        uint256 end = tasks[taskid].revealEnd;
        return grace == 0 || (end > 0 && block.timestamp >= end + grace);
    }

    /// @dev Who doubted what is true pays for it; who found a lie gets a fifth of a bond.
    function _judge(TaskBook storage task, bytes32 digest, uint256 bond) private {
        due[task.challenger] -= bond;
        if (digest == task.doubted) change[task.challenger] -= int256(bond);
        else change[task.challenger] += int256(bond / 5);
    }

    /// @dev Whether the votes that stand, those who hide left out, say so as surely as was asked.
    function _credible(bytes32 taskid, bytes32 digest) private view returns (bool) {
        uint256[2] memory sides;
        for (uint256 i = 0; i < WORKERS; ++i) {
            VoteBook storage mine = votes[taskid][_workerAt(i)];
            if (mine.stance == Stance.None || mine.stance == Stance.Rejected) continue;
            bool agrees = mine.digest == digest;
            if (agrees && mine.stance == Stance.Sealed) continue;
            uint256 side = agrees ? 0 : 1;
            sides[side] = (sides[side] == 0 ? 1 : sides[side]) * mine.weight;
        }
        uint256 trust = _trustOf(taskid);
        return trust <= 1 || sides[0] * trust > (1 + sides[0] + sides[1]) * (trust - 1);
    }

    /// @dev What a result of the task takes now.
    function _trustOf(bytes32 taskid) internal view returns (uint256) {
        TaskBook storage task = tasks[taskid];
        return task.challenger == address(0) ? deals[task.dealid].trust : task.doubt;
    }

    function _paidOut(DealBook storage deal, uint256 count) internal {
        change[deal.sponsor] -= int256(_priceOf(deal) * count);
        due[deal.sponsor] -= _priceOf(deal) * count;
        due[scheduler] -= _poolStakeOf(deal) * count;
        change[appOwner] += int256(deal.appPrice * count);
        change[datasetOwner] += int256(deal.dataPrice * count);
        gains[scheduler] = true;
        // What the scheduler may get of the kitty is capped by the price.
        uint256 kitty = hub.frozenOf(KITTY);
        uint256 cap = deal.poolPrice * count / 10;
        _must(wealth[KITTY] <= kitty + cap, "the kitty paid more than a tenth of the price");
        change[KITTY] -= int256(wealth[KITTY] - kitty);
        paid += count;
    }

    /// @dev The sponsor has its money back, the pool pays with its stake.
    function _refund(DealBook storage deal, uint256 count) internal {
        uint256 stake = _poolStakeOf(deal) * count;
        due[deal.sponsor] -= _priceOf(deal) * count;
        due[scheduler] -= stake;
        change[scheduler] -= int256(stake);
        change[KITTY] += int256(stake);
        refunded += count;
    }

    function _punish(address who, uint256 stake) internal {
        change[who] -= int256(stake);
        score[who] = score[who] * 2 / 3;
    }

    function _endTask(bytes32 taskid, bool good) internal {
        TaskBook storage task = tasks[taskid];
        for (uint256 i = 0; i < task.tasks; ++i) {
            fates[task.dealid][task.first + i] = good ? Fate.Paid : Fate.Refunded;
        }
        _settle(task.dealid, task.tasks);
        ended.push(taskid);
        _remove(open, taskid);
    }

    function _settle(bytes32 dealid, uint256 count) internal {
        deals[dealid].left -= count;
        if (deals[dealid].left == 0) _remove(live, dealid);
    }

    function _remove(bytes32[] storage list, bytes32 one) internal {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] != one) continue;
            list[i] = list[list.length - 1];
            list.pop();
            return;
        }
    }
}
