// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    Contribution,
    ContributionStatusEnum,
    Task,
    TaskStatusEnum
} from "../../src/interfaces/Records.sol";
import {Tasks} from "../../src/interfaces/Tasks.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {Consumer, GasEater, RefusingContract} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

contract SettleFacetTest is Base {
    bytes32 private constant DIGEST = keccak256("result");
    bytes32 private constant LIE = keccak256("lie");

    /// @dev Trust 4: two votes agree; nobody revealed.
    function agreed() private returns (bytes32 taskid) {
        taskid = openTask(4);
        vote(0, taskid, DIGEST);
        vote(1, taskid, DIGEST);
    }

    function test_Finalize_PaysTheDatasetToo() public {
        bytes32 taskid = hub.initialize(matched(withDataset(ordersFor(1, 1))), 0);
        vote(0, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        finalize(taskid);
        vm.assertEq(free(datasetOwner), DATASET_PRICE, "dataset owner");
        assertSolvent();
    }

    function test_Finalize_Waits_ForTheReveals() public {
        bytes32 taskid = agreed();
        reveal(0, taskid, DIGEST);
        vm.expectRevert(
            abi.encodeWithSelector(
                TaskState.RevealsMissing.selector, 1, 2, block.timestamp + 2 * CLOCK
            )
        );
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "");
    }

    function test_Finalize_Refuses_WhenNobodyRevealed() public {
        bytes32 taskid = agreed();
        uint256 deadline = block.timestamp + 2 * CLOCK;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(TaskState.RevealsMissing.selector, 0, 2, deadline));
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "");
    }

    function test_Finalize_Refuses_AfterTheFinalDeadline() public {
        bytes32 taskid = agreed();
        reveal(0, taskid, DIGEST);
        reveal(1, taskid, DIGEST);
        uint256 deadline = block.timestamp + 10 * CLOCK;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineReached.selector, deadline));
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "");
    }

    function test_Finalize_DropsTheSilent_WhenTheOthersAreEnough() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, LIE);
        for (uint256 i = 1; i < 5; ++i) {
            vote(i, taskid, DIGEST);
        }
        // 16 · 4 > 3 · (1 + 16 + 2); without one of the four: 8 · 4 <= 3 · (1 + 8 + 2).
        for (uint256 i = 1; i < 4; ++i) {
            reveal(i, taskid, DIGEST);
        }
        vm.warp(block.timestamp + 2 * CLOCK);
        finalize(taskid);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);

        taskid = openTask(3);
        vote(0, taskid, DIGEST);
        vote(1, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        vm.warp(block.timestamp + 2 * CLOCK);
        finalize(taskid);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
        vm.assertEq(
            uint256(hub.viewContribution(taskid, worker(1)).status),
            uint256(ContributionStatusEnum.REJECTED),
            "silent"
        );
    }

    function test_Finalize_Completes_AfterAReopenedTaskFindsItsTrust() public {
        bytes32 taskid = agreed();
        reveal(0, taskid, DIGEST);
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.expectEmit(address(hub));
        emit Tasks.TaskReopen(taskid);
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "");
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(task.consensusValue, 0, "no consensus");

        vote(2, taskid, DIGEST);
        assertStatus(taskid, TaskStatusEnum.REVEALING);
        reveal(2, taskid, DIGEST);
        finalize(taskid);
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
        uint256 pot = (POOL_PRICE + WORKER_STAKE) * 99 / 100;
        vm.assertEq(free(worker(0)), RICHES + pot / 2, "first");
        vm.assertEq(free(worker(1)), RICHES - WORKER_STAKE, "silent");
        vm.assertEq(free(worker(2)), RICHES + pot / 2, "late");
        assertSolvent();
    }

    function test_Finalize_ForgetsAnOpenedGroup_WhenAnotherWins() public {
        bytes32 taskid = agreed();
        reveal(0, taskid, DIGEST);
        vm.warp(block.timestamp + 2 * CLOCK);
        finalize(taskid);
        // One proved vote of 2 stands against what comes: 8 · 4 > 3 · (1 + 2 + 8) fails, 16 does.
        for (uint256 i = 2; i < 6; ++i) {
            if (i == 5) _fund(worker(5));
            vote(i, taskid, LIE);
        }
        assertStatus(taskid, TaskStatusEnum.REVEALING);
        for (uint256 i = 2; i < 6; ++i) {
            reveal(i, taskid, LIE);
        }
        vm.assertEq(
            hub.viewContribution(taskid, worker(0)).resultHash,
            resultHash(taskid, DIGEST),
            "the older value is a hash again"
        );
        finalize(taskid);
        vm.assertEq(hub.viewTask(taskid).resultDigest, LIE, "digest");
        vm.assertEq(locked(worker(0)) + locked(worker(2)), 0, "all stakes settled");
        assertSolvent();
    }

    function test_Reopen_RejectsTheSilent() public {
        bytes32 taskid = agreed();
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, stranger));
        vm.prank(stranger);
        hub.reopen(taskid);
        vm.expectRevert(
            abi.encodeWithSelector(
                TaskState.DeadlineNotReached.selector, block.timestamp + 2 * CLOCK
            )
        );
        vm.prank(scheduler);
        hub.reopen(taskid);
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.prank(scheduler);
        hub.reopen(taskid);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.ACTIVE)
        );
        vm.prank(scheduler);
        hub.reopen(taskid);
        // The same result by others starts from nothing.
        vote(2, taskid, DIGEST);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
        vote(3, taskid, DIGEST);
        vm.assertEq(hub.viewTask(taskid).winnerCounter, 2, "winners");
        reveal(2, taskid, DIGEST);
        reveal(3, taskid, DIGEST);
        finalize(taskid);
        vm.assertEq(free(worker(0)), RICHES - WORKER_STAKE, "silent");
        assertSolvent();
    }

    function test_Reopen_Refuses_WhileTheRevealedAreCredible() public {
        bytes32 taskid = agreed();
        reveal(0, taskid, DIGEST);
        reveal(1, taskid, DIGEST);
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.expectRevert(abi.encodeWithSelector(TaskState.StillCredible.selector));
        vm.prank(scheduler);
        hub.reopen(taskid);
        vm.warp(block.timestamp + 8 * CLOCK);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineReached.selector, block.timestamp));
        vm.prank(scheduler);
        hub.reopen(taskid);
    }

    function test_ContributeAndFinalize_Refuses_WhatNeedsMoreWorkers() public {
        bytes32 taskid = openTask(2);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotSingleWorker.selector, 2, 0));
        vm.prank(worker(0));
        hub.contributeAndFinalize(taskid, DIGEST, RESULTS, "", address(0), "", grant);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.UNSET)
        );
        hub.contributeAndFinalize("none", DIGEST, RESULTS, "", address(0), "", grant);
        taskid = openTask(1);
        vm.warp(block.timestamp + 7 * CLOCK);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineReached.selector, block.timestamp));
        hub.contributeAndFinalize(taskid, DIGEST, RESULTS, "", address(0), "", grant);
    }

    function test_ContributeAndFinalize_ShowsTheWholeVote() public {
        bytes32 taskid = openTask(1);
        uint256 enclaveKey = 0xe2c;
        address enclave = vm.addr(enclaveKey);
        bytes32 hash = resultHash(taskid, DIGEST);
        bytes32 seal = sealOf(worker(0), taskid, DIGEST);
        bytes memory grant = authorization(worker(0), taskid, enclave);
        bytes memory proof = sign(enclaveKey, message(keccak256(abi.encodePacked(hash, seal))));
        vm.prank(worker(0));
        hub.contributeAndFinalize(taskid, DIGEST, "any bytes", "", enclave, proof, grant);
        Contribution memory shown = hub.viewContribution(taskid, worker(0));
        vm.assertEq(uint256(shown.status), uint256(ContributionStatusEnum.PROVED), "status");
        vm.assertEq(shown.resultHash, hash, "hash");
        vm.assertEq(shown.resultSeal, seal, "seal");
        vm.assertEq(shown.enclaveChallenge, enclave, "enclave");
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(task.consensusValue, hash, "consensus");
        vm.assertEq(task.revealCounter + task.winnerCounter, 2, "counters");
        vm.assertEq(task.results, "any bytes", "results");
        vm.assertEq(uint256(hub.viewContribution(taskid, worker(1)).status), 0, "nobody else");
    }

    function test_Callback_TellsTheConsumer() public {
        Consumer consumer = new Consumer();
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(consumer);
        bytes32 taskid = hub.initialize(matched(o), 0);
        bytes memory answer = abi.encode(42);
        bytes32 digest = keccak256(answer);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "task-pending"));
        hub.resultFor(taskid);
        vote(0, taskid, digest);
        reveal(0, taskid, digest);
        vm.expectRevert(abi.encodeWithSelector(TaskState.CallbackNotBound.selector, digest));
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "other");
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, answer);
        vm.assertEq(consumer.id(), taskid, "id");
        vm.assertEq(consumer.results(), answer, "results");
        vm.assertEq(hub.resultFor(taskid), answer, "resultFor");
    }

    function test_Callback_OfARefusingContract_ChangesNothing() public {
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(new RefusingContract());
        bytes32 taskid = hub.initialize(matched(o), 0);
        bytes32 digest = keccak256("answer");
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.prank(worker(0));
        hub.contributeAndFinalize(taskid, digest, RESULTS, "answer", address(0), "", grant);
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
    }

    function test_Callback_MustHaveHadItsGas() public {
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(new GasEater());
        bytes32 taskid = hub.initialize(matched(o), 0);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 1));
        vm.prank(worker(0));
        hub.contributeAndFinalize{gas: 300_000}(
            taskid, keccak256("answer"), RESULTS, "answer", address(0), "", grant
        );
    }
}
