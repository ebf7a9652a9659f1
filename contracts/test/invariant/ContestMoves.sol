// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {vm} from "../support/Vm.sol";
import {TaskMoves} from "./TaskMoves.sol";

/// @dev Results that are doubted, and the votes that decide.
abstract contract ContestMoves is TaskMoves {
    /// @dev By anybody, who worked on it too.
    function contest(uint256 dice) external {
        _contest(_doubtful(dice), _person(dice >> 160));
        _audit();
    }

    /// @dev All who have not voted on a doubted task say the same, until that is enough.
    function decide(uint256 dice) external {
        (bytes32 taskid, bool found) = _pick(dice, Want.Doubted);
        if (!found) {
            taskid = _doubtful(dice);
            _contest(taskid, _person(dice >> 160));
        }
        bytes memory answer = (dice >> 152) % 4 == 0 ? LIE : TRUTH;
        for (uint256 i = 0; i < WORKERS && !tasks[taskid].revealing; ++i) {
            address who = _workerAt(i);
            if (votes[taskid][who].stance == Stance.None) _voteOn(taskid, who, answer, true);
        }
        for (uint256 i = 0; i < WORKERS; ++i) {
            try this.revealOf(taskid, _workerAt(i)) {} catch {}
        }
        _audit();
    }

    function _contest(bytes32 taskid, address by) private {
        TaskBook storage task = tasks[taskid];
        bytes32 digest = hub.viewTask(taskid).resultDigest;
        uint256 weight = 1;
        for (uint256 i = 0; i < WORKERS; ++i) {
            VoteBook storage mine = votes[taskid][_workerAt(i)];
            if (mine.stance == Stance.None || mine.stance == Stance.Rejected) continue;
            if (mine.digest == digest) weight *= mine.weight;
        }
        vm.prank(by);
        hub.contest(taskid);
        due[by] += _stakeOn(taskid);
        (task.challenger, task.doubted, task.doubt) = (by, digest, 4 * weight);
        (task.start, task.revealing) = (block.timestamp, false);
        _must(hub.viewTask(taskid).finalDeadline == _endOf(taskid), "no time to vote on a doubt");
    }

    /// @dev An opened result that can be doubted; if there is none, a single worker's.
    function _doubtful(uint256 dice) private returns (bytes32 taskid) {
        bool found;
        (taskid, found) = _pick(dice, Want.Doubtful);
        if (found) return taskid;
        uint256 contestable = dice & ~(uint256(3) << 112);
        uint256 paid_ = contestable | uint256(1) << 16;
        taskid = _openIn(_match(paid_ & ~uint256(1), false));
        address me = _workerAt(dice >> 128);
        _voteOn(taskid, me, (dice >> 136) % 2 == 0 ? LIE : TRUTH, true);
        this.revealOf(taskid, me);
    }
}
