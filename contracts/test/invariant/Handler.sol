// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Deal, Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

/// @dev Plays every role, honest and not, in whatever order the fuzzer asks. Calls that the hub
/// refuses are part of the game: what counts is what they leave behind.
contract Handler is Base {
    uint256 internal constant WORKERS = 5;
    uint256 private constant MOST_DEALS = 8;
    uint256 private constant MOST_TASKS = 24;

    bytes32[] public deals;
    bytes32[] public tasks;
    /// Untouched tasks of a deal that were refunded together.
    mapping(bytes32 dealid => uint256) public refunded;
    mapping(bytes32 taskid => bool) public ended;
    /// How many tasks a slice stands for; 0 for a task.
    mapping(bytes32 sliceid => uint256) public scale;
    /// A slice that was replaced by others: its money is theirs.
    mapping(bytes32 sliceid => bool) public carved;
    /// A task that ended and then changed its status.
    bool public resurrected;
    mapping(bytes32 taskid => TaskStatusEnum) private _endedAs;

    function dealCount() external view returns (uint256) {
        return deals.length;
    }

    function taskCount() external view returns (uint256) {
        return tasks.length;
    }

    function theHub() external view returns (address) {
        return address(hub);
    }

    function theToken() external view returns (address) {
        return address(rlc);
    }

    function people() public view returns (address[] memory all) {
        all = new address[](7 + WORKERS);
        (all[0], all[1], all[2]) = (requester, scheduler, appOwner);
        (all[3], all[4], all[5]) = (datasetOwner, sponsor, address(this));
        all[6] = KITTY;
        for (uint256 i = 0; i < WORKERS; ++i) {
            all[7 + i] = worker(i);
        }
    }

    function matchOrders(uint8 trust, uint8 volume, uint64 price, bool data, bool sponsored)
        external
    {
        if (deals.length == MOST_DEALS) return;
        Orders memory o = ordersFor(trust % 9, 1 + volume % 4);
        o.pool.workerpoolprice = uint256(price) % (4 * POOL_PRICE);
        o.request.workerpoolmaxprice = type(uint256).max;
        o.pool.trust = 9;
        if (data) withDataset(o);
        signAll(o);
        if (sponsored) {
            vm.prank(sponsor);
            try hub.sponsorMatchOrders(o.app, o.dataset, o.pool, o.request) returns (bytes32 id) {
                deals.push(id);
            } catch {}
        } else {
            try hub.matchOrders(o.app, o.dataset, o.pool, o.request) returns (bytes32 id) {
                deals.push(id);
            } catch {}
        }
    }

    function initialize(uint8 which, uint8 index) external {
        if (deals.length == 0 || tasks.length == MOST_TASKS) return;
        try hub.initialize(deals[which % deals.length], index % 4) returns (bytes32 taskid) {
            tasks.push(taskid);
        } catch {}
    }

    function openSlice(uint8 which, uint8 count) external {
        if (deals.length == 0 || tasks.length == MOST_TASKS) return;
        uint256 size = 1 + count % 3;
        vm.prank(scheduler);
        try hub.openSlice(deals[which % deals.length], size) returns (bytes32 sliceid) {
            tasks.push(sliceid);
            scale[sliceid] = size;
        } catch {}
    }

    function carve(uint8 which, uint8 index) external {
        if (deals.length == 0) return;
        bytes32 dealid = deals[which % deals.length];
        uint256 idx = index % 4;
        bytes32 old = hub.sliceOf(dealid, idx);
        vm.prank(scheduler);
        try hub.carve(dealid, idx) {
            carved[old] = true;
            for (uint256 i = 0; i < 4; ++i) {
                bytes32 part = hub.sliceOf(dealid, i);
                if (part == 0) continue;
                if (scale[part] == 0) tasks.push(part);
                if (i == 0 || hub.sliceOf(dealid, i - 1) != part) scale[part] = 0;
                ++scale[part];
            }
        } catch {}
    }

    function contribute(uint8 which, uint8 who, uint8 answer, bool junkSeal) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        address me = worker(who % WORKERS);
        bytes32 digest = _digest(answer);
        bytes memory grant = authorization(me, taskid, address(0));
        bytes32 seal = junkSeal ? bytes32("junk") : sealOf(me, taskid, digest);
        vm.prank(me);
        try hub.contribute(taskid, resultHash(taskid, digest), seal, address(0), "", grant) {}
            catch {}
        _look(taskid);
    }

    function contributeAndFinalize(uint8 which, uint8 who, uint8 answer) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        address me = worker(who % WORKERS);
        bytes memory grant = authorization(me, taskid, address(0));
        vm.prank(me);
        try hub.contributeAndFinalize(
            taskid, _digest(answer), RESULTS, "", address(0), "", grant
        ) {}
            catch {}
        _look(taskid);
    }

    function reveal(uint8 which, uint8 who, uint8 answer) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        vm.prank(worker(who % WORKERS));
        try hub.reveal(taskid, _digest(answer)) {} catch {}
        _look(taskid);
    }

    function revealAll(uint8 which, uint8 answer) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        for (uint256 i = 0; i < WORKERS; ++i) {
            vm.prank(worker(i));
            try hub.reveal(taskid, _digest(answer)) {} catch {}
        }
    }

    function finalize(uint8 which, uint8 who) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        vm.prank(who % 3 == 0 ? worker(who % WORKERS) : who % 3 == 1 ? stranger : scheduler);
        try hub.finalize(taskid, RESULTS, "") {} catch {}
        _look(taskid);
    }

    function reopen(uint8 which) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        vm.prank(scheduler);
        try hub.reopen(taskid) {} catch {}
        _look(taskid);
    }

    function claim(uint8 which) external {
        (bytes32 taskid, bool some) = _task(which);
        if (!some) return;
        try hub.claim(taskid) {} catch {}
        _look(taskid);
    }

    function claimUntouched(uint8 which) external {
        if (deals.length == 0) return;
        bytes32 dealid = deals[which % deals.length];
        try hub.claimUntouched(dealid) returns (uint256 count) {
            refunded[dealid] = count;
        } catch {}
    }

    function withdraw(uint8 who, uint64 amount) external {
        address[] memory all = people();
        vm.prank(all[who % all.length]);
        try hub.withdraw(amount) {} catch {}
    }

    function deposit(uint8 who, uint64 amount) external {
        address[] memory all = people();
        try hub.depositFor(uint256(amount) % RICHES, all[who % all.length]) {} catch {}
    }

    function transfer(uint8 from, uint8 to, uint64 amount) external {
        address[] memory all = people();
        vm.prank(all[from % all.length]);
        try hub.transfer(all[to % all.length], amount) {} catch {}
    }

    /// @dev Time passes in steps of at most 2 T, so that all phases are visited.
    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % (2 * CLOCK));
    }

    function _digest(uint8 answer) private pure returns (bytes32) {
        return answer % 4 == 0 ? keccak256("lie") : keccak256("result");
    }

    function _task(uint8 which) private view returns (bytes32 taskid, bool some) {
        some = tasks.length > 0;
        if (some) taskid = tasks[which % tasks.length];
    }

    /// @dev An end is an end.
    function _look(bytes32 taskid) private {
        TaskStatusEnum status = statusOf(taskid);
        if (ended[taskid] && status != _endedAs[taskid]) resurrected = true;
        if (status == TaskStatusEnum.COMPLETED || status == TaskStatusEnum.FAILED) {
            ended[taskid] = true;
            _endedAs[taskid] = status;
        }
    }
}
