// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowNative} from "../../src/interfaces/Escrow.sol";
import {Account} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {Hub} from "../support/Hub.sol";
import {HubBuilder} from "../support/HubBuilder.sol";
import {RefusingContract} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";
import {StubbornWallet} from "./StubbornWallet.sol";

/// @dev The people of a market, and what each of them must have, lock and be worth by the rules: a
/// second bookkeeping, which `_audit` compares with the hub's after every move that succeeded.
abstract contract World is Base {
    uint256 internal constant WORKERS = 5;
    uint256 internal constant UNIT = 1e9;

    struct DealBook {
        address sponsor;
        address callback;
        uint256 appPrice;
        uint256 dataPrice;
        uint256 poolPrice;
        uint256 trust;
        uint256 size;
        /// Tasks that nobody opened.
        uint256 fresh;
        /// Tasks that have not ended.
        uint256 left;
        uint256 start;
        bool boost;
    }

    struct TaskBook {
        bytes32 dealid;
        uint256 first;
        /// How many tasks of the bag it stands for.
        uint256 tasks;
        bool slice;
        bool revealing;
    }

    /// What a move needs of a task.
    enum Want {
        Active,
        Slice,
        Single,
        Revealing,
        Late
    }

    enum Stance {
        None,
        Sealed,
        Opened,
        Rejected
    }

    struct VoteBook {
        bytes32 digest;
        Stance stance;
    }

    StubbornWallet internal wallet;
    address internal refusing;
    bool internal immutable native;
    address[] internal people;
    bytes32[] internal live;
    bytes32[] internal open;
    bytes32[] internal ended;
    /// Slices that were completed.
    bytes32[] internal settled;
    mapping(bytes32 dealid => DealBook) internal deals;
    mapping(bytes32 dealid => mapping(uint256 idx => bool)) internal taken;
    mapping(bytes32 taskid => TaskBook) internal tasks;
    mapping(bytes32 taskid => mapping(address worker => VoteBook)) internal votes;

    mapping(address account => uint256) private _wealth;
    mapping(address account => uint256) internal due;
    mapping(address account => int256) internal change;
    /// Who may get more than `change` by the move at hand.
    mapping(address account => bool) internal gains;
    mapping(address worker => uint256) internal score;

    /// Moves that succeeded, and tasks that ended either way.
    uint256 public done;
    uint256 public paid;
    uint256 public refunded;
    /// The first property that did not hold.
    string public broken;

    constructor(bool native_) {
        native = native_;
    }

    receive() external payable {}

    function setUp() public override {
        super.setUp();
        if (native) _goNative();
        wallet = new StubbornWallet(address(hub));
        refusing = address(new RefusingContract());
        address[9] memory some = [
            requester,
            scheduler,
            appOwner,
            datasetOwner,
            sponsor,
            stranger,
            address(wallet),
            address(this),
            KITTY
        ];
        for (uint256 i = 0; i < some.length; ++i) {
            people.push(some[i]);
        }
        for (uint256 i = 0; i < WORKERS; ++i) {
            people.push(worker(i));
        }
        for (uint256 i = 0; i < people.length; ++i) {
            if (people[i] == KITTY) continue;
            uint256 missing = RICHES - hub.balanceOf(people[i]);
            if (missing > 0) _deposit(people[i], missing);
            _wealth[people[i]] = RICHES;
        }
    }

    function _goNative() private {
        hub = Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), true));
        hub.configure(
            address(0),
            "Staked xRLC",
            "SxRLC",
            9,
            address(appRegistry),
            address(datasetRegistry),
            address(workerpoolRegistry),
            address(0)
        );
        hub.createCategory("XS", "", CLOCK);
        domain = hub.eip712domain_separator();
    }

    function _deposit(address account, uint256 amount) internal {
        if (!native) {
            hub.depositFor(amount, account);
            return;
        }
        vm.deal(address(this), amount * UNIT);
        EscrowNative(payable(address(hub))).depositFor{value: amount * UNIT}(account);
    }

    function _held() internal view returns (uint256) {
        return native ? address(hub).balance / UNIT : rlc.balanceOf(address(hub));
    }

    /// @dev Must hold; said once, kept: a call that reverts would be forgotten.
    function _must(bool holds, string memory what) internal {
        if (!holds && bytes(broken).length == 0) broken = what;
    }

    /// @dev After every move: who has what, who locks what, who is worth what.
    function _audit() internal {
        ++done;
        uint256 sum;
        for (uint256 i = 0; i < people.length; ++i) {
            address who = people[i];
            Account memory account = hub.viewAccount(who);
            uint256 now_ = account.stake + account.locked;
            sum += now_;
            int256 expected = int256(_wealth[who]) + change[who];
            _must(
                gains[who] ? int256(now_) >= expected : int256(now_) == expected,
                "money moved that no deal explains"
            );
            if (who != KITTY) _must(account.locked == due[who], "locked is not what is open");
            if (now_ != _wealth[who]) _wealth[who] = now_;
            if (change[who] != 0) change[who] = 0;
            if (gains[who]) gains[who] = false;
        }
        for (uint256 i = 0; i < WORKERS; ++i) {
            address who = people[9 + i];
            _must(hub.viewScore(who) == score[who], "score changed against the rules");
        }
        uint256 supply = hub.totalSupply();
        _must(sum == supply, "accounts are not the supply");
        _must(supply == _held(), "the supply is not held");
    }

    function _workerAt(uint256 index) internal view returns (address) {
        return people[9 + index % WORKERS];
    }

    function _priceOf(DealBook storage deal) internal view returns (uint256) {
        return deal.appPrice + deal.dataPrice + deal.poolPrice;
    }

    /// @dev What the pool and each worker lock for one task.
    function _stakeOf(DealBook storage deal) internal view returns (uint256) {
        return deal.poolPrice * 30 / 100;
    }

    // Ends.

    /// @dev Sponsor pays, owners are paid, stakes come back or are lost.
    function _succeed(bytes32 taskid, bytes32 digest) internal {
        TaskBook storage task = tasks[taskid];
        DealBook storage deal = deals[task.dealid];
        _paidOut(deal, task.tasks);
        uint256 stake = _stakeOf(deal) * task.tasks;
        uint256 count;
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
        _endTask(taskid);
    }

    function _paidOut(DealBook storage deal, uint256 count) internal {
        change[deal.sponsor] -= int256(_priceOf(deal) * count);
        due[deal.sponsor] -= _priceOf(deal) * count;
        due[scheduler] -= _stakeOf(deal) * count;
        change[appOwner] += int256(deal.appPrice * count);
        change[datasetOwner] += int256(deal.dataPrice * count);
        gains[scheduler] = true;
        // What the scheduler may get of the kitty is capped by the price.
        uint256 kitty = hub.frozenOf(KITTY);
        uint256 cap = deal.poolPrice * count / 10;
        _must(_wealth[KITTY] <= kitty + cap, "the kitty paid more than a tenth of the price");
        change[KITTY] -= int256(_wealth[KITTY] - kitty);
        paid += count;
    }

    /// @dev The sponsor has its money back, the pool pays with its stake.
    function _refund(DealBook storage deal, uint256 count) internal {
        uint256 stake = _stakeOf(deal) * count;
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

    function _endTask(bytes32 taskid) internal {
        TaskBook storage task = tasks[taskid];
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
