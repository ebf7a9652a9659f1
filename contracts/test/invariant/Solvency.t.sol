// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Deal, Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {RLC} from "../../src/token/RLC.sol";
import {Hub} from "../support/Hub.sol";
import {vm} from "../support/Vm.sol";
import {Handler} from "./Handler.sol";

/// @dev Whatever anybody does: the hub owes exactly what it holds, and what is locked is exactly
/// what open deals and contributions account for.
contract SolvencyInvariants {
    Handler private handler;
    Hub private hub;
    RLC private rlc;
    mapping(address account => uint256) private _due;

    function setUp() public {
        handler = Handler(vm.deployCode("Handler.sol:Handler"));
        handler.setUp();
        hub = Hub(handler.theHub());
        rlc = RLC(handler.theToken());
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = handler.setUp.selector;
        excluded = new FuzzSelector[](1);
        excluded[0] = FuzzSelector(address(handler), selectors);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function invariant_SumOfAccounts_IsTheTokenHeld() public view {
        address[] memory people = handler.people();
        uint256 sum;
        for (uint256 i = 0; i < people.length; ++i) {
            sum += hub.balanceOf(people[i]) + hub.frozenOf(people[i]);
        }
        vm.assertEq(sum, hub.totalSupply(), "accounts");
        vm.assertEq(sum, rlc.balanceOf(address(hub)), "held");
    }

    function invariant_Locked_IsWhatOpenDealsAndContributionsHold() public {
        address[] memory people = handler.people();
        for (uint256 i = 0; i < people.length; ++i) {
            _due[people[i]] = 0;
        }
        uint256 count = handler.dealCount();
        for (uint256 i = 0; i < count; ++i) {
            _countDeal(handler.deals(i));
        }
        count = handler.taskCount();
        for (uint256 i = 0; i < count; ++i) {
            _countTask(handler.tasks(i));
        }
        for (uint256 i = 0; i < people.length; ++i) {
            if (people[i] == hub.kitty_address()) continue;
            vm.assertEq(hub.frozenOf(people[i]), _due[people[i]], "locked");
        }
    }

    function invariant_Tasks_EndOnce() public view {
        vm.assertTrue(!handler.resurrected(), "an end is an end");
    }

    /// @dev All tasks of the deal, less those refunded untouched.
    function _countDeal(bytes32 dealid) private {
        Deal memory deal = hub.viewDeal(dealid);
        uint256 open = deal.botSize - handler.refunded(dealid);
        _due[deal.sponsor] += open * (deal.app.price + deal.dataset.price + deal.workerpool.price);
        _due[deal.workerpool.owner] += open * (deal.workerpool.price * 30 / 100);
    }

    /// @dev An ended task holds nothing any more; an open one also its contributors' stakes.
    function _countTask(bytes32 taskid) private {
        if (handler.carved(taskid)) return;
        Task memory task = hub.viewTask(taskid);
        Deal memory deal = hub.viewDeal(task.dealid);
        uint256 tasks = handler.scale(taskid);
        if (tasks == 0) tasks = 1;
        if (task.status == TaskStatusEnum.COMPLETED || task.status == TaskStatusEnum.FAILED) {
            _due[deal.sponsor] -= tasks
                * (deal.app.price + deal.dataset.price + deal.workerpool.price);
            _due[deal.workerpool.owner] -= tasks * (deal.workerpool.price * 30 / 100);
            return;
        }
        for (uint256 i = 0; i < task.contributors.length; ++i) {
            _due[task.contributors[i]] += tasks * deal.workerStake;
        }
    }
}
