// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {Deal, Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {Consumer} from "../support/Others.sol";
import {Tree} from "../support/Tree.sol";
import {vm} from "../support/Vm.sol";

contract BatchFacetTest is Base {
    bytes32 private constant LIE = keccak256("lie");

    function digestOf(uint256 idx) private pure returns (bytes32) {
        return keccak256(abi.encode("result", idx));
    }

    function leaves(uint256 first, uint256 count) private pure returns (bytes32[] memory all) {
        all = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = Tree.leaf(first + i, digestOf(first + i));
        }
    }

    function open(bytes32 dealid, uint256 count) private returns (bytes32) {
        vm.prank(scheduler);
        return hub.openSlice(dealid, count);
    }

    /// @dev Three newcomers agree at trust 5.
    function settle(bytes32 sliceid, bytes32 root) private {
        for (uint256 i = 0; i < 3; ++i) {
            vote(i, sliceid, root);
        }
        for (uint256 i = 0; i < 3; ++i) {
            reveal(i, sliceid, root);
        }
        finalize(sliceid);
    }

    function test_Slice_PaysForAllItsTasks() public {
        bytes32 dealid = matched(ordersFor(5, 100));
        bytes32 sliceid = open(dealid, 100);
        bytes32 root = Tree.root(leaves(0, 100));
        vote(0, sliceid, root);
        vm.assertEq(locked(worker(0)), 100 * WORKER_STAKE, "stake");
        vote(1, sliceid, root);
        vote(2, sliceid, root);
        for (uint256 i = 0; i < 3; ++i) {
            reveal(i, sliceid, root);
        }
        finalize(sliceid);
        vm.assertEq(free(worker(0)), RICHES + 100 * POOL_PRICE * 99 / 100 / 3, "worker");
        vm.assertEq(free(appOwner), 100 * APP_PRICE, "app owner");
        vm.assertEq(locked(requester) + locked(scheduler) + locked(worker(0)), 0, "locked");
        assertSolvent();
    }

    function test_Slice_SeizesTheLiar() public {
        bytes32 dealid = matched(ordersFor(4, 10));
        bytes32 sliceid = open(dealid, 10);
        bytes32 root = Tree.root(leaves(0, 10));
        vote(0, sliceid, LIE);
        for (uint256 i = 1; i < 5; ++i) {
            vote(i, sliceid, root);
        }
        for (uint256 i = 1; i < 5; ++i) {
            reveal(i, sliceid, root);
        }
        finalize(sliceid);
        vm.assertEq(free(worker(0)), RICHES - 10 * WORKER_STAKE, "liar");
        assertSolvent();
    }

    function test_ProveResult_MakesTheTaskTrue_ForThoseWhoKnowNoSlices() public {
        bytes32 dealid = matched(ordersFor(5, 7));
        bytes32 sliceid = open(dealid, 7);
        bytes32[] memory all = leaves(0, 7);
        bytes32 taskid = keccak256(abi.encode(dealid, 3));
        vm.assertEq(hub.sliceOf(dealid, 3), sliceid, "slice");
        settle(sliceid, Tree.root(all));
        vm.assertEq(uint256(statusOf(taskid)), 0, "not yet");
        Task memory seen = hub.viewTaskAt(dealid, 3);
        vm.assertEq(uint256(seen.status), uint256(TaskStatusEnum.COMPLETED), "settled");
        vm.assertEq(seen.idx, 3, "index");
        vm.assertEq(seen.results, RESULTS, "results");

        bytes32[] memory proof = Tree.proof(all, 3);
        vm.expectRevert(
            abi.encodeWithSelector(Batches.ProofRefused.selector, Tree.root(all), Tree.leaf(3, LIE))
        );
        hub.proveResult(dealid, 3, LIE, proof);
        vm.prank(stranger);
        hub.proveResult(dealid, 3, digestOf(3), proof);
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(uint256(task.status), uint256(TaskStatusEnum.COMPLETED), "status");
        vm.assertEq(task.resultDigest, digestOf(3), "digest");
        vm.assertEq(task.results, RESULTS, "results");
        vm.assertEq(task.dealid, dealid, "deal");
        vm.assertEq(task.idx, 3, "index");
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.COMPLETED)
        );
        hub.proveResult(dealid, 3, digestOf(3), proof);
        assertSolvent();
    }

    function test_ProveResult_TellsTheCallback() public {
        Consumer consumer = new Consumer();
        Orders memory o = ordersFor(1, 2);
        o.request.callback = address(consumer);
        bytes32 dealid = matched(o);
        bytes32 sliceid = open(dealid, 2);
        bytes memory answer = abi.encode(42);
        bytes32[] memory all = new bytes32[](2);
        all[0] = Tree.leaf(0, keccak256(answer));
        all[1] = Tree.leaf(1, digestOf(1));
        bytes memory grant = authorization(worker(0), sliceid, address(0));
        bytes32 root = Tree.root(all);
        vm.prank(worker(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.CallbackNotBound.selector, root));
        hub.contributeAndFinalize(sliceid, root, RESULTS, answer, address(0), "", grant);
        vm.prank(worker(0));
        hub.contributeAndFinalize(sliceid, root, RESULTS, "", address(0), "", grant);
        vm.assertEq(free(worker(0)), RICHES + 2 * POOL_PRICE * 99 / 100, "paid for both");
        vm.assertEq(consumer.id(), 0, "not told yet");
        bytes32[] memory proof = Tree.proof(all, 1);
        vm.expectRevert(abi.encodeWithSelector(TaskState.CallbackNotBound.selector, digestOf(1)));
        hub.proveResult(dealid, 1, digestOf(1), proof);
        hub.proveResultWithCallback(dealid, 0, answer, Tree.proof(all, 0));
        bytes32 taskid = keccak256(abi.encode(dealid, 0));
        vm.assertEq(consumer.id(), taskid, "told");
        vm.assertEq(hub.resultFor(taskid), answer, "resultFor");
    }

    function test_Carve_LetsOneTaskBeSettledAlone() public {
        bytes32 dealid = matched(ordersFor(5, 10));
        bytes32 sliceid = open(dealid, 10);
        vote(0, sliceid, Tree.root(leaves(0, 10)));
        vote(1, sliceid, LIE);
        vm.expectRevert(abi.encodeWithSelector(TaskState.InASlice.selector, dealid, 4));
        hub.initialize(dealid, 4);
        vm.prank(scheduler);
        hub.carve(dealid, 4);
        vm.assertEq(locked(worker(0)) + locked(worker(1)), 0, "stakes are back");
        vm.assertEq(hub.sliceOf(dealid, 4), 0, "free");
        settle(hub.sliceOf(dealid, 0), Tree.root(leaves(0, 4)));
        settle(hub.sliceOf(dealid, 9), Tree.root(leaves(5, 5)));
        bytes32 alone = hub.initialize(dealid, 4);
        for (uint256 i = 0; i < 3; ++i) {
            vote(i, alone, digestOf(4));
        }
        for (uint256 i = 0; i < 3; ++i) {
            reveal(i, alone, digestOf(4));
        }
        finalize(alone);
        vm.assertEq(locked(requester) + locked(scheduler), 0, "all settled");
        vm.assertEq(free(appOwner), 10 * APP_PRICE, "ten tasks");
        assertSolvent();
    }

    function test_OpenSlice_Refuses_WhatIsNotTheFront() public {
        bytes32 dealid = matched(ordersFor(5, 10));
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, address(this)));
        hub.openSlice(dealid, 2);
        vm.startPrank(scheduler);
        vm.expectRevert(abi.encodeWithSelector(Batches.EmptySlice.selector));
        hub.openSlice(dealid, 0);
        vm.expectRevert(abi.encodeWithSelector(TaskState.IndexOutOfBag.selector, 10, 0, 10));
        hub.openSlice(dealid, 11);
        vm.expectRevert(abi.encodeWithSelector(TaskState.UnknownDeal.selector, bytes32("x")));
        hub.openSlice("x", 1);
        hub.openSlice(dealid, 4);
        hub.initialize(dealid, 4);
        vm.expectRevert(abi.encodeWithSelector(Batches.NotAtTheFront.selector, 5, 4));
        hub.openSlice(dealid, 2);
        vm.stopPrank();
        bytes32 one = matched(ordersFor(5, 1));
        vm.expectRevert(abi.encodeWithSelector(Batches.SingleTask.selector, one));
        vm.prank(scheduler);
        hub.openSlice(one, 1);
    }

    /// @dev A carved task and one opened beyond the front would cancel out in the count.
    function test_OpenSlice_Refuses_AfterACarve() public {
        bytes32 dealid = matched(ordersFor(5, 20));
        open(dealid, 10);
        vm.prank(scheduler);
        hub.carve(dealid, 3);
        hub.initialize(dealid, 10);
        vm.expectRevert(
            abi.encodeWithSelector(Batches.NotAtTheFront.selector, 10, type(uint256).max)
        );
        vm.prank(scheduler);
        hub.openSlice(dealid, 5);
    }

    function test_Carve_Refuses_OthersAndOtherTimes() public {
        bytes32 dealid = matched(ordersFor(2, 10));
        bytes32 sliceid = open(dealid, 4);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, address(this)));
        hub.carve(dealid, 1);
        vm.startPrank(scheduler);
        vm.expectRevert(abi.encodeWithSelector(Batches.NotInASlice.selector, dealid, 7));
        hub.carve(dealid, 7);
        vm.stopPrank();
        vote(0, sliceid, LIE);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.REVEALING)
        );
        vm.prank(scheduler);
        hub.carve(dealid, 1);
    }

    function test_Claim_RefundsASliceAndTheRest() public {
        bytes32 dealid = matched(ordersFor(5, 10));
        bytes32 sliceid = open(dealid, 4);
        vote(0, sliceid, LIE);
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(sliceid);
        vm.assertEq(hub.claimUntouched(dealid), 6, "rest");
        vm.assertEq(free(requester), RICHES, "refunded");
        vm.assertEq(free(worker(0)), RICHES, "stake");
        vm.assertEq(locked(KITTY), 10 * POOL_STAKE, "kitty");
        assertSolvent();
    }

    function test_ContributeSigned_SendsManyVotes() public {
        bytes32 dealid = matched(ordersFor(5, 50));
        bytes32 sliceid = open(dealid, 50);
        bytes32 root = Tree.root(leaves(0, 50));
        Batches.SignedContribution[] memory all = new Batches.SignedContribution[](3);
        address[] memory workers = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            all[i] = signedVote(i, sliceid, root);
            workers[i] = worker(i);
        }
        bytes memory kept = all[1].workerSign;
        all[1].workerSign = all[0].workerSign;
        vm.expectRevert(abi.encodeWithSelector(Batches.ContributionRefused.selector, worker(1)));
        hub.contributeSigned(all);
        all[1].workerSign = kept;
        vm.prank(scheduler);
        hub.contributeSigned(all);
        hub.revealFor(sliceid, workers, root);
        finalize(sliceid);
        vm.assertEq(free(worker(1)), RICHES + 50 * POOL_PRICE * 99 / 100 / 3, "worker");
        assertSolvent();
    }

    function signedVote(uint256 i, bytes32 sliceid, bytes32 root)
        private
        view
        returns (Batches.SignedContribution memory c)
    {
        c.taskid = sliceid;
        c.worker = worker(i);
        c.resultHash = resultHash(sliceid, root);
        c.resultSeal = sealOf(worker(i), sliceid, root);
        c.authorizationSign = authorization(worker(i), sliceid, address(0));
        bytes32 hash = keccak256(
            abi.encode(block.chainid, address(hub), sliceid, c.resultHash, c.resultSeal, address(0))
        );
        c.workerSign = sign(workerKey(i), message(hash));
    }

    function testFuzz_ProveResult_WorksForEveryTaskOfTheBag(uint8 size, uint8 which) public {
        uint256 count = 2 + size % 60;
        bytes32 dealid = matched(ordersFor(1, count));
        bytes32 sliceid = open(dealid, count);
        bytes32[] memory all = leaves(0, count);
        single(0, sliceid, Tree.root(all));
        uint256 idx = which % count;
        hub.proveResult(dealid, idx, digestOf(idx), Tree.proof(all, idx));
        bytes32 taskid = keccak256(abi.encode(dealid, idx));
        vm.assertEq(hub.viewTask(taskid).resultDigest, digestOf(idx), "digest");
    }
}
