// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

contract TaskFlowTest is Base {
    bytes32 private constant DIGEST = keccak256("result");

    function test_Finalize_PaysEverybody_WhenOneWorkerIsEnough() public {
        bytes32 taskid = openTask(1);
        vote(0, taskid, DIGEST);
        assertStatus(taskid, TaskStatusEnum.REVEALING);
        vm.assertEq(locked(worker(0)), WORKER_STAKE, "stake");
        reveal(0, taskid, DIGEST);
        finalize(taskid);

        Task memory task = hub.viewTask(taskid);
        vm.assertEq(uint256(task.status), uint256(TaskStatusEnum.COMPLETED), "status");
        vm.assertEq(task.results, RESULTS, "results");
        vm.assertEq(task.resultDigest, DIGEST, "digest");
        vm.assertEq(task.consensusValue, resultHash(taskid, DIGEST), "consensus");
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "worker");
        vm.assertEq(free(scheduler), RICHES + POOL_PRICE / 100, "scheduler");
        vm.assertEq(free(appOwner), APP_PRICE, "app owner");
        vm.assertEq(free(requester), RICHES - APP_PRICE - POOL_PRICE, "requester");
        vm.assertEq(locked(requester) + locked(scheduler) + locked(worker(0)), 0, "locked");
        assertSolvent();
    }

    function test_ContributeAndFinalize_PaysAtOnce() public {
        bytes32 taskid = openTask(1);
        single(0, taskid, DIGEST);
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(uint256(task.status), uint256(TaskStatusEnum.COMPLETED), "status");
        vm.assertEq(task.results, RESULTS, "results");
        vm.assertEq(task.contributors[0], worker(0), "contributor");
        vm.assertEq(task.resultDigest, DIGEST, "digest");
        vm.assertEq(task.dealid, task.dealid, "deal");
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "worker");
        assertSolvent();
    }

    function test_Finalize_SeizesTheLiar_WhenThreeAgreeAndOneDoesNot() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, keccak256("lie"));
        vote(1, taskid, DIGEST);
        vote(2, taskid, DIGEST);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
        vote(3, taskid, DIGEST);
        vote(4, taskid, DIGEST);
        assertStatus(taskid, TaskStatusEnum.REVEALING);
        for (uint256 i = 1; i < 5; ++i) {
            reveal(i, taskid, DIGEST);
        }
        finalize(taskid);
        uint256 pot = (POOL_PRICE + WORKER_STAKE) * 99 / 100;
        vm.assertEq(free(worker(0)), RICHES - WORKER_STAKE, "liar");
        vm.assertEq(free(worker(1)), RICHES + pot / 4, "honest");
        vm.assertEq(hub.viewScore(worker(1)), 1, "score");
        assertSolvent();
    }

    function test_Claim_RefundsThePayer_WhenNobodyContributed() public {
        bytes32 taskid = openTask(1);
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(taskid);
        assertStatus(taskid, TaskStatusEnum.FAILED);
        vm.assertEq(free(requester), RICHES, "requester");
        vm.assertEq(free(scheduler), RICHES - POOL_STAKE, "scheduler");
        vm.assertEq(locked(KITTY), POOL_STAKE, "kitty");
        assertSolvent();
    }
}
