// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Tasks} from "../../src/interfaces/Tasks.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

contract ClaimFacetTest is Base {
    bytes32 private constant DIGEST = keccak256("result");

    function test_Claim_Refuses_BeforeTheFinalDeadlineAndTwice() public {
        bytes32 taskid = openTask(1);
        uint256 deadline = block.timestamp + 10 * CLOCK;
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineNotReached.selector, deadline));
        hub.claim(taskid);
        vm.warp(deadline);
        hub.claim(taskid);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.FAILED)
        );
        hub.claim(taskid);
    }

    function test_Claim_GivesStakesBack_WhenThereWasNoConsensus() public {
        bytes32 taskid = openTask(8);
        vote(0, taskid, DIGEST);
        vote(1, taskid, keccak256("lie"));
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(taskid);
        vm.assertEq(free(worker(0)), RICHES, "first");
        vm.assertEq(free(worker(1)), RICHES, "second");
        vm.assertEq(hub.viewTask(taskid).contributors.length, 2, "still shown");
        assertSolvent();
    }

    function test_ClaimArray_EndsSeveral() public {
        bytes32[] memory tasks = new bytes32[](2);
        tasks[0] = openTask(1);
        tasks[1] = openTask(1);
        vm.warp(block.timestamp + 10 * CLOCK);
        vm.assertTrue(hub.claimArray(tasks), "done");
        vm.assertEq(free(requester), RICHES, "refunded");
    }

    function test_InitializeAndClaimArray_EndsWhatNobodyOpened() public {
        bytes32[] memory dealids = new bytes32[](2);
        uint256[] memory idxs = new uint256[](2);
        dealids[0] = matched(ordersFor(1, 2));
        dealids[1] = dealids[0];
        idxs[1] = 1;
        vm.warp(block.timestamp + 10 * CLOCK);
        vm.assertTrue(hub.initializeAndClaimArray(dealids, idxs), "done");
        vm.assertEq(free(requester), RICHES, "refunded");
        vm.assertEq(locked(KITTY), 2 * POOL_STAKE, "kitty");
        assertSolvent();
    }

    function test_ClaimUntouched_RefundsTheRestOfABag_AtOnce() public {
        bytes32 dealid = matched(ordersFor(1, 500));
        bytes32 done = hub.initialize(dealid, 7);
        single(0, done, DIGEST);
        bytes32 open = hub.initialize(dealid, 8);
        vm.expectRevert(
            abi.encodeWithSelector(
                TaskState.DeadlineNotReached.selector, block.timestamp + 10 * CLOCK
            )
        );
        hub.claimUntouched(dealid);
        vm.warp(block.timestamp + 10 * CLOCK);
        vm.expectEmit(address(hub));
        emit Tasks.UntouchedRefunded(dealid, 498);
        uint256 before = gasleft();
        vm.assertEq(hub.claimUntouched(dealid), 498, "tasks");
        vm.assertLe(before - gasleft(), 80_000, "gas");
        vm.assertEq(locked(requester), APP_PRICE + POOL_PRICE, "the open one");
        vm.expectRevert(abi.encodeWithSelector(TaskState.DealIsClosed.selector, dealid));
        hub.claimUntouched(dealid);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DealIsClosed.selector, dealid));
        hub.initialize(dealid, 9);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DealIsClosed.selector, dealid));
        vm.prank(scheduler);
        hub.openSlice(dealid, 9);
        hub.claim(open);
        vm.assertEq(locked(requester) + locked(scheduler), 0, "all settled");
        assertSolvent();
    }

    function test_ClaimUntouched_Refuses_WhenNothingIs() public {
        vm.expectRevert(abi.encodeWithSelector(TaskState.UnknownDeal.selector, bytes32("x")));
        hub.claimUntouched("x");
        bytes32 dealid = matched(ordersFor(1, 1));
        hub.initialize(dealid, 0);
        vm.warp(block.timestamp + 10 * CLOCK);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NothingUntouched.selector, dealid));
        hub.claimUntouched(dealid);
    }

    function test_ClaimUntouched_RefundsADealOfOneTask() public {
        bytes32 dealid = matched(ordersFor(1, 1));
        vm.warp(block.timestamp + 10 * CLOCK);
        vm.assertEq(hub.claimUntouched(dealid), 1, "tasks");
        vm.assertEq(free(requester), RICHES, "refunded");
        assertSolvent();
    }
}
