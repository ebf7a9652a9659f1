// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {vm} from "../support/Vm.sol";
import {BulkMoves} from "./BulkMoves.sol";
import {World} from "./World.sol";

/// @dev Plays every role, honest and not, in whatever order the fuzzer asks. A move that the hub
/// refuses reverts as a whole, and forge counts it; one that succeeds is audited.
contract Handler is BulkMoves {
    constructor(bool native) World(native) {}

    function pushResultBoost(uint256 dice) external {
        (bytes32 dealid, uint256 idx) = _boosted(dice, false);
        DealBook storage deal = deals[dealid];
        address me = _workerAt(dice >> 128);
        bytes32 taskid = keccak256(abi.encode(dealid, idx));
        bytes memory grant = authorization(me, taskid, address(0));
        vm.prank(me);
        hub.pushResultBoost(
            dealid,
            idx,
            RESULTS,
            deal.callback == address(0) ? new bytes(0) : TRUTH,
            grant,
            address(0),
            ""
        );
        gains[me] = true;
        _paidOut(deal, 1);
        _endBoost(dealid, idx);
        _audit();
    }

    function claimBoost(uint256 dice) external {
        (bytes32 dealid, uint256 idx) = _boosted(dice, true);
        _claimBoost(dealid, idx);
        _audit();
    }

    /// @dev What nobody may do, tried by who would gain from it.
    function meddle(uint256 dice) external {
        bytes32 taskid = open[dice % open.length];
        TaskBook storage task = tasks[taskid];
        uint256 kind = (dice >> 128) % 10;
        _refused(
            scheduler, abi.encodeCall(hub.initialize, (task.dealid, task.first)), "opened twice"
        );
        if (kind == 0 && block.timestamp < _endOf(taskid)) {
            _refused(requester, abi.encodeCall(hub.claim, (taskid)), "claimed early");
        } else if (kind == 1) {
            bytes memory wrong = "a wrong location";
            _refused(
                stranger, abi.encodeCall(hub.finalize, (taskid, wrong, "")), "a stranger's results"
            );
        } else if (kind == 2) {
            _refused(stranger, abi.encodeCall(hub.reopen, (taskid)), "a stranger reopened");
        } else if (kind == 3) {
            _refused(stranger, abi.encodeCall(hub.carve, (task.dealid, task.first)), "carved");
            _refused(stranger, abi.encodeCall(hub.openSlice, (task.dealid, 1)), "sliced");
        } else if (kind == 4) {
            address me = _workerAt(dice >> 136);
            bytes memory grant = sign(workerKey(0), keccak256(abi.encode(me, taskid)));
            _refused(
                me,
                abi.encodeCall(hub.contribute, (taskid, "h", "s", address(0), "", grant)),
                "voted unasked"
            );
        } else if (kind == 5 && block.timestamp < _closingOf(deals[task.dealid])) {
            _refused(requester, abi.encodeCall(hub.claimUntouched, (task.dealid)), "closed early");
        } else if (kind == 6) {
            uint256 all = hub.balanceOf(scheduler);
            _refused(
                stranger, abi.encodeCall(hub.transferFrom, (scheduler, stranger, all + 1)), "stole"
            );
            uint256 own = hub.balanceOf(stranger);
            _refused(stranger, abi.encodeCall(hub.withdraw, (own + 1)), "withdrew too much");
        } else if (kind == 7) {
            bytes memory again = abi.encodeCall(hub.claim, (ended[dice % ended.length]));
            _must(!wallet.run(again), "a contract claimed twice");
        } else if (kind == 8) {
            _commit(dice >> 136);
        } else if (kind == 9 && !_isDoubtful(taskid)) {
            _refused(requester, abi.encodeCall(hub.contest, (taskid)), "doubted in vain");
        }
        _audit();
    }

    /// @dev A stranger speaks for a pool that opened nothing yet.
    function _commit(uint256 dice) private {
        (bytes32 dealid, bool found) = _untouched(dice, 0);
        if (!found) return;
        uint256 idx;
        while (taken[dealid][idx]) ++idx;
        bytes memory said = abi.encodeCall(hub.initializeCommitted, (dealid, idx, "mine"));
        _refused(stranger, said, "committed for a pool");
    }

    /// @dev An end is an end, whoever tries and however late.
    function resurrect(uint256 dice) external {
        bytes32 taskid = ended[dice % ended.length];
        bytes32 dealid = tasks[taskid].dealid;
        _refused(scheduler, abi.encodeCall(hub.claim, (taskid)), "claimed twice");
        _refused(
            scheduler, abi.encodeCall(hub.finalize, (taskid, RESULTS, TRUTH)), "finalized twice"
        );
        _refused(scheduler, abi.encodeCall(hub.reopen, (taskid)), "reopened after the end");
        if (!tasks[taskid].slice) {
            uint256 idx = tasks[taskid].first;
            _refused(scheduler, abi.encodeCall(hub.initialize, (dealid, idx)), "opened twice");
        }
        _audit();
    }

    /// @dev When the last clock that was agreed to is over, anybody can end all that is open, and
    /// then nobody has anything locked, and everybody can leave with all they have.
    function drain() external {
        _waitForTheLast();
        while (open.length > 0) {
            _claim(open[open.length - 1]);
            _audit();
        }
        while (live.length > 0) {
            bytes32 dealid = live[live.length - 1];
            if (deals[dealid].boost) {
                for (uint256 i = 0; i < deals[dealid].size; ++i) {
                    if (!taken[dealid][i]) _claimBoost(dealid, i);
                }
            } else {
                _claimUntouched(dealid);
            }
            _audit();
        }
        _settleUses();
        for (uint256 i = 0; i < people.length; ++i) {
            if (people[i] == KITTY) continue;
            _must(hub.frozenOf(people[i]) == 0, "locked past the end");
            uint256 all = hub.balanceOf(people[i]);
            vm.prank(people[i]);
            hub.withdrawTo(all, people[i] == address(wallet) ? stranger : people[i]);
        }
        _must(hub.totalSupply() == hub.frozenOf(KITTY), "money nobody can take");
        _must(_held() == hub.totalSupply(), "held after all left");
    }

    function _waitForTheLast() private {
        uint256 end = block.timestamp;
        for (uint256 i = 0; i < open.length; ++i) {
            if (_endOf(open[i]) > end) end = _endOf(open[i]);
        }
        for (uint256 i = 0; i < live.length; ++i) {
            uint256 closing = _closingOf(deals[live[i]]);
            if (closing > end) end = closing;
        }
        vm.warp(end);
    }

    function _claimBoost(bytes32 dealid, uint256 idx) private {
        hub.claimBoost(dealid, idx);
        _refund(deals[dealid], 1);
        _endBoost(dealid, idx);
    }

    function _endBoost(bytes32 dealid, uint256 idx) private {
        taken[dealid][idx] = true;
        _settle(dealid, 1);
    }

    /// @dev A Boost deal in time, or too late, and a task of it that has not ended.
    function _boosted(uint256 dice, bool late) private returns (bytes32, uint256) {
        for (uint256 i = 0; i < live.length; ++i) {
            bytes32 dealid = live[(dice % live.length + i) % live.length];
            DealBook storage deal = deals[dealid];
            if (!deal.boost) continue;
            if (late != (block.timestamp >= _closingOf(deal))) continue;
            uint256 idx;
            while (taken[dealid][idx]) ++idx;
            return (dealid, idx);
        }
        bytes32 made = _match(dice, true);
        if (late) _lateFor(_closingOf(deals[made]), dice);
        return (made, 0);
    }
}
