// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {Tree} from "../support/Tree.sol";
import {vm} from "../support/Vm.sol";

/// @dev What a slice's end binds: its bytes where the deal asks for it, and those who hid a result.
contract SliceEndsTest is Base {
    bytes32 private constant LIE = keccak256("lie");

    function digestOf(uint256 idx) private pure returns (bytes32) {
        return keccak256(abi.encode("result", idx));
    }

    function leaves(uint256 count) private pure returns (bytes32[] memory all) {
        all = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = Tree.leaf(i, digestOf(i));
        }
    }

    function open(bytes32 dealid, uint256 count) private returns (bytes32) {
        vm.prank(scheduler);
        return hub.openSlice(dealid, count);
    }

    function bound(uint256 trust, uint256 volume) private returns (bytes32 dealid) {
        Orders memory o = ordersFor(trust, volume);
        o.request.tag = bytes32(uint256(1 << 32));
        o.pool.tag = o.request.tag;
        return matched(o);
    }

    function leafOfBytes(bytes memory results) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(results), bytes1(0)));
    }

    /// @dev Three newcomers agree on `digest`, and open their votes.
    function revealed(bytes32 sliceid, bytes32 digest) private {
        for (uint256 i = 0; i < 3; ++i) {
            vote(i, sliceid, digest);
        }
        for (uint256 i = 0; i < 3; ++i) {
            reveal(i, sliceid, digest);
        }
    }

    function test_Finalize_BindsTheBytesOfASlice_WhenTheDealAsksForIt() public {
        bytes32 sliceid = open(bound(5, 3), 3);
        bytes32 root = Tree.root(leaves(3));
        bytes32 digest = Tree.pair(root, leafOfBytes(RESULTS));
        revealed(sliceid, digest);
        bytes memory refusal = abi.encodeWithSelector(TaskState.ResultsNotBound.selector, digest);
        vm.startPrank(scheduler);
        vm.expectRevert(refusal);
        hub.finalize(sliceid, RESULTS, "");
        vm.expectRevert(refusal);
        hub.finalize(sliceid, "elsewhere", bytes.concat(root));
        vm.expectRevert(refusal);
        hub.finalize(sliceid, RESULTS, abi.encode(root, 0));
        hub.finalize(sliceid, RESULTS, bytes.concat(root));
        vm.stopPrank();
        vm.assertEq(hub.viewTask(sliceid).results, RESULTS, "results");
        vm.assertEq(hub.viewTask(sliceid).resultsCallback, "", "no callback");
        assertSolvent();
    }

    function test_ProveResult_EndsWithTheBytes_WhenTheyAreBound() public {
        bytes32 dealid = bound(5, 3);
        bytes32 sliceid = open(dealid, 3);
        bytes32[] memory all = leaves(3);
        revealed(sliceid, Tree.pair(Tree.root(all), leafOfBytes(RESULTS)));
        vm.prank(scheduler);
        hub.finalize(sliceid, RESULTS, bytes.concat(Tree.root(all)));
        bytes32[] memory path = Tree.proof(all, 1);
        bytes32[] memory proof = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            proof[i] = path[i];
        }
        proof[path.length] = leafOfBytes(RESULTS);
        vm.expectRevert(
            abi.encodeWithSelector(
                Batches.ProofRefused.selector, Tree.pair(Tree.root(all), proof[path.length]), all[1]
            )
        );
        hub.proveResult(dealid, 1, digestOf(1), path);
        hub.proveResult(dealid, 1, digestOf(1), proof);
        bytes32 taskid = keccak256(abi.encode(dealid, 1));
        vm.assertEq(hub.viewTask(taskid).resultDigest, digestOf(1), "digest");
    }

    function test_ContributeAndFinalize_BindsTheBytesOfASlice() public {
        bytes32 sliceid = open(bound(1, 2), 2);
        bytes32 root = Tree.root(leaves(2));
        bytes32 digest = Tree.pair(root, leafOfBytes(RESULTS));
        bytes memory told = bytes.concat(root);
        bytes memory grant = authorization(worker(0), sliceid, address(0));
        vm.startPrank(worker(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.ResultsNotBound.selector, root));
        hub.contributeAndFinalize(sliceid, root, RESULTS, told, address(0), "", grant);
        hub.contributeAndFinalize(sliceid, digest, RESULTS, told, address(0), "", grant);
        vm.stopPrank();
        vm.assertEq(hub.viewTask(sliceid).results, RESULTS, "results");
        vm.assertEq(hub.viewTask(sliceid).resultsCallback, "", "no callback");
    }

    /// @dev Who proved, not who came first, is named as the worker of a proved task.
    function test_ProveResult_NamesAWorkerWhoAgreed() public {
        bytes32 dealid = matched(ordersFor(4, 2));
        bytes32 sliceid = open(dealid, 2);
        bytes32[] memory all = leaves(2);
        vote(0, sliceid, LIE);
        for (uint256 i = 1; i < 5; ++i) {
            vote(i, sliceid, Tree.root(all));
        }
        for (uint256 i = 1; i < 5; ++i) {
            reveal(i, sliceid, Tree.root(all));
        }
        finalize(sliceid);
        hub.proveResult(dealid, 0, digestOf(0), Tree.proof(all, 0));
        Task memory task = hub.viewTask(keccak256(abi.encode(dealid, 0)));
        vm.assertEq(task.contributors[0], worker(1), "worker");
    }

    /// @dev A scheduler that carves for a friend does not save its stake.
    function test_Carve_SeizesWhoHidAResult_AndReleasesTheOthers() public {
        bytes32 dealid = matched(ordersFor(4, 3));
        bytes32 sliceid = open(dealid, 3);
        bytes32 root = Tree.root(leaves(3));
        vote(0, sliceid, LIE);
        for (uint256 i = 1; i < 5; ++i) {
            vote(i, sliceid, root);
        }
        reveal(1, sliceid, root);
        assertStatus(sliceid, TaskStatusEnum.REVEALING);
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.startPrank(scheduler);
        hub.reopen(sliceid);
        hub.carve(dealid, 1);
        vm.stopPrank();
        uint256 stake = 3 * WORKER_STAKE;
        vm.assertEq(free(worker(0)), RICHES, "outvoted, never judged");
        vm.assertEq(free(worker(1)), RICHES, "opened");
        for (uint256 i = 2; i < 5; ++i) {
            vm.assertEq(free(worker(i)), RICHES - stake, "hid");
            vm.assertEq(locked(worker(i)), 0, "nothing more");
        }
        vm.assertEq(locked(KITTY), 3 * stake, "kitty");
        assertSolvent();
    }
}
