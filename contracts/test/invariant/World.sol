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
    /// As many as a contested lie of one of them takes.
    uint256 internal constant WORKERS = 6;
    uint256 internal constant UNIT = 1e9;

    struct DealBook {
        address requester;
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
        /// Workers must compute in an enclave.
        bool tee;
        /// Results must hash to the digest.
        bool bound;
        /// Results can be doubted before they are paid.
        bool contestable;
        /// How many times 10 T tasks may start.
        uint256 life;
    }

    struct TaskBook {
        bytes32 dealid;
        uint256 first;
        /// How many tasks of the bag it stands for.
        uint256 tasks;
        bool slice;
        bool revealing;
        /// When its clock started.
        uint256 start;
        /// Until when its votes can be opened.
        uint256 revealEnd;
        /// Who doubts which result, and the trust it takes since.
        address challenger;
        bytes32 doubted;
        uint256 doubt;
    }

    /// What a move needs of a task.
    enum Want {
        Active,
        Slice,
        Single,
        Revealing,
        Doubtful,
        Doubted,
        Late
    }

    /// How a task of a bag ended.
    enum Fate {
        Open,
        Paid,
        Refunded
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
        /// A copy of somebody's hash: its worker knows no digest.
        bool copied;
        /// What the vote was worth when it was cast.
        uint256 weight;
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
    mapping(bytes32 dealid => mapping(uint256 idx => Fate)) internal fates;
    mapping(bytes32 taskid => TaskBook) internal tasks;
    mapping(bytes32 taskid => mapping(address worker => VoteBook)) internal votes;

    mapping(address account => uint256) internal wealth;
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
            wealth[people[i]] = RICHES;
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
            int256 expected = int256(wealth[who]) + change[who];
            _must(
                gains[who] ? int256(now_) >= expected : int256(now_) == expected,
                "money moved that no deal explains"
            );
            if (who != KITTY) _must(account.locked == due[who], "locked is not what is open");
            if (now_ != wealth[who]) wealth[who] = now_;
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

    /// @dev What the pool locks for one task.
    function _poolStakeOf(DealBook storage deal) internal view returns (uint256) {
        return deal.poolPrice * 30 / 100;
    }

    /// @dev What each worker locks for the task, and who doubts its result.
    function _stakeOn(bytes32 taskid) internal view returns (uint256) {
        TaskBook storage task = tasks[taskid];
        DealBook storage deal = deals[task.dealid];
        return deal.poolPrice * (deal.contestable ? 500 : 30) / 100 * task.tasks;
    }

    /// @dev When the clock of the deal's last task starts.
    function _lastStartOf(DealBook storage deal) internal view returns (uint256) {
        return deal.start + (deal.boost ? 0 : deal.life) * 10 * CLOCK;
    }

    /// @dev When untouched tasks can be claimed.
    function _closingOf(DealBook storage deal) internal view returns (uint256) {
        return _lastStartOf(deal) + (deal.boost ? 7 : 10) * CLOCK;
    }

    /// @dev When the task can be claimed.
    function _endOf(bytes32 taskid) internal view returns (uint256) {
        return tasks[taskid].start + 10 * CLOCK + _graceOf(taskid);
    }

    /// @dev For how long an opened result can be doubted.
    function _graceOf(bytes32 taskid) internal view returns (uint256) {
        TaskBook storage task = tasks[taskid];
        bool open_ = deals[task.dealid].contestable && task.challenger == address(0);
        return open_ ? 2 * CLOCK : 0;
    }
}
