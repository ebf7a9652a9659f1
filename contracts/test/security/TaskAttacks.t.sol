// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Tasks} from "../../src/interfaces/Tasks.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {ReturnBomb} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

/// @dev What is known to have gone wrong in hubs of this protocol: tasks. Every comment says what the
/// naive design does.
contract TaskAttacksTest is Base {
    bytes32 private constant DIGEST = keccak256("result");
    bytes32 private constant LIE = keccak256("lie");

    /// @dev 14.8. Naive: two copies of a public hash, which nobody can open, count as agreement;
    /// after the deadline one reveal is enough for trust 8.
    function test_CopiedHashes_DoNotMakeTrust() public {
        bytes32 taskid = openTask(8);
        vote(0, taskid, DIGEST);
        voteSealed(1, taskid, DIGEST, "copied");
        voteSealed(2, taskid, DIGEST, "copied");
        reveal(0, taskid, DIGEST);
        vm.warp(block.timestamp + 2 * CLOCK);
        finalize(taskid);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
        vote(3, taskid, DIGEST);
        vote(4, taskid, DIGEST);
        reveal(3, taskid, DIGEST);
        reveal(4, taskid, DIGEST);
        finalize(taskid);
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
        vm.assertEq(free(worker(1)), RICHES - WORKER_STAKE, "copier");
        vm.assertEq(free(worker(2)), RICHES - WORKER_STAKE, "copier");
        assertSolvent();
    }

    /// @dev 14.9. Naive: with few possible results, a public hash tells the result before the others
    /// voted, and who computes nothing votes for it with a seal that opens. Ours takes the votes of
    /// all workers in one transaction: when the first hash is public, nobody can join.
    function test_FewResults_CannotBeGuessedInTime() public {
        bytes32 taskid = openTask(4);
        Batches.SignedContribution[] memory all = new Batches.SignedContribution[](2);
        for (uint256 i = 0; i < 2; ++i) {
            all[i] = _signedVote(i, taskid, keccak256(abi.encode(137)));
        }
        hub.contributeSigned(all);

        bytes32 seen = hub.viewContribution(taskid, worker(0)).resultHash;
        uint256 guess;
        while (resultHash(taskid, keccak256(abi.encode(guess))) != seen) ++guess;
        vm.assertEq(guess, 137, "anybody can guess it");
        bytes32 digest = keccak256(abi.encode(guess));
        bytes32 seal = sealOf(worker(2), taskid, digest);
        bytes memory grant = authorization(worker(2), taskid, address(0));
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.REVEALING)
        );
        vm.prank(worker(2));
        hub.contribute(taskid, seen, seal, address(0), "", grant);
        reveal(0, taskid, digest);
        reveal(1, taskid, digest);
        finalize(taskid);
        vm.assertEq(free(worker(2)), RICHES, "the free rider earns nothing");
    }

    function _signedVote(uint256 index, bytes32 taskid, bytes32 digest)
        private
        view
        returns (Batches.SignedContribution memory mine)
    {
        mine.taskid = taskid;
        mine.worker = worker(index);
        mine.resultHash = resultHash(taskid, digest);
        mine.resultSeal = sealOf(mine.worker, taskid, digest);
        mine.authorizationSign = authorization(mine.worker, taskid, address(0));
        bytes32 said = keccak256(
            abi.encode(
                block.chainid, address(hub), taskid, mine.resultHash, mine.resultSeal, address(0)
            )
        );
        mine.workerSign = sign(workerKey(index), message(said));
    }

    /// @dev 14.10. Naive: a scheduler adds voters until its answer wins, and nobody can tell. Ours
    /// bounds them and lets the scheduler commit to them before the first vote.
    function test_Voters_AreBounded_AndCommittedTo() public {
        bytes32 dealid = matched(ordersFor(1_000_000_000, 1));
        bytes32 committed = keccak256(abi.encode(worker(0), worker(1)));
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, stranger));
        vm.prank(stranger);
        hub.initializeCommitted(dealid, 0, committed);
        vm.expectEmit(address(hub));
        emit Tasks.WorkersCommitted(TaskState.id(dealid, 0), committed);
        vm.prank(scheduler);
        bytes32 taskid = hub.initializeCommitted(dealid, 0, committed);
        for (uint256 i = 0; i < 32; ++i) {
            if (i >= 5) _fund(worker(i));
            vote(i, taskid, i % 2 == 0 ? DIGEST : LIE);
        }
        _fund(worker(32));
        bytes memory grant = authorization(worker(32), taskid, address(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.TooManyContributors.selector, 32));
        vm.prank(worker(32));
        hub.contribute(taskid, "h", "s", address(0), "", grant);
    }

    /// @dev 14.12. Naive: workers who agree and then hide the result kill the task for free.
    function test_HiddenConsensus_CostsItsWorkers() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, DIGEST);
        vote(1, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(taskid);
        vm.assertEq(free(worker(0)), RICHES, "who revealed");
        vm.assertEq(free(worker(1)), RICHES - WORKER_STAKE, "who hid");
        vm.assertEq(locked(KITTY), POOL_STAKE + WORKER_STAKE, "kitty");
        vm.assertEq(free(requester), RICHES, "payer");
        assertSolvent();
    }

    /// @dev 14.14. Naive: a scheduler who knows the result from the reveals never finalizes, and
    /// the worker is not paid.
    function test_Worker_CanFinishWhatTheSchedulerLeft() public {
        bytes32 taskid = openTask(1);
        vote(0, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, worker(0)));
        vm.prank(worker(0));
        hub.finalize(taskid, RESULTS, "");
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.prank(worker(0));
        hub.finalize(taskid, RESULTS, "");
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "paid");
    }

    /// @dev 14.15. Naive: only the scheduler finalizes; if it disappears all wait for 10 T.
    function test_Anyone_CanFinish_WithoutChoosingTheResults() public {
        bytes32 taskid = openTask(1);
        bytes32 digest = keccak256("the results themselves");
        vote(0, taskid, digest);
        reveal(0, taskid, digest);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, stranger));
        vm.prank(stranger);
        hub.finalize(taskid, "a wrong location", "");
        vm.prank(stranger);
        hub.finalize(taskid, "the results themselves", "");
        assertStatus(taskid, TaskStatusEnum.COMPLETED);

        taskid = openTask(1);
        vote(0, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, stranger));
        vm.prank(stranger);
        hub.finalize(taskid, "", "");
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.prank(stranger);
        hub.finalize(taskid, "", "");
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
    }

    /// @dev 14.15. As long as a winner is silent, a stranger cannot decide for the others.
    function test_Stranger_CannotFinish_WhileAWinnerIsSilent() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, DIGEST);
        vote(1, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        vm.warp(block.timestamp + 2 * CLOCK);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, stranger));
        vm.prank(stranger);
        hub.finalize(taskid, "", "");
    }

    /// @dev 14.16. Naive: some 140 contributors make a task nobody can finalize within a block. Ours
    /// takes 32, whatever trust is asked for, and can always be ended.
    function test_FullTask_FitsInAnyBlock() public {
        // 31 agree against one: enough only with the last, 2^31 · trust > (3 + 2^31)(trust - 1).
        bytes32 taskid = openTask(2 ** 29);
        for (uint256 i = 0; i < 32; ++i) {
            if (i >= 5) _fund(worker(i));
            vote(i, taskid, i == 0 ? LIE : DIGEST);
            if (statusOf(taskid) == TaskStatusEnum.REVEALING) break;
        }
        Task memory task = hub.viewTask(taskid);
        vm.assertGe(task.contributors.length, 31, "nearly full");
        for (uint256 i = 1; i < task.contributors.length; ++i) {
            reveal(i, taskid, DIGEST);
        }
        uint256 before = gasleft();
        finalize(taskid);
        vm.assertLe(before - gasleft(), 3_000_000, "gas");
        assertSolvent();
    }

    function test_EndlessTask_FitsInAnyBlock() public {
        bytes32 taskid = openTask(2 ** 200);
        bool taken = true;
        uint256 votes;
        for (; taken && votes < 140; ++votes) {
            if (votes >= 5) _fund(worker(votes));
            bytes memory grant = authorization(worker(votes), taskid, address(0));
            vm.prank(worker(votes));
            try hub.contribute(taskid, "h", "s", address(0), "", grant) {}
            catch {
                taken = false;
            }
        }
        vm.assertEq(hub.viewTask(taskid).contributors.length, 32, "no more than are settled");
        vm.warp(block.timestamp + 10 * CLOCK);
        uint256 before = gasleft();
        hub.claim(taskid);
        vm.assertLe(before - gasleft(), 3_000_000, "gas");
    }

    /// @dev 14.17. Naive: a bag shares one clock, so thousands of tasks need thousands of
    /// transactions within 10 T. Ours agrees on all of them at once; each result is proved later.
    function test_LargeBag_IsSettledWithinOneClock() public {
        Orders memory o = ordersFor(1, 3000);
        o.pool.workerpoolprice = 1e6;
        bytes32 dealid = matched(o);
        vm.prank(scheduler);
        bytes32 sliceid = hub.openSlice(dealid, 3000);
        uint256 before = gasleft();
        single(0, sliceid, DIGEST);
        vm.assertLe(before - gasleft(), 500_000, "gas");
        assertStatus(sliceid, TaskStatusEnum.COMPLETED);
        vm.assertEq(free(requester), RICHES - 3000 * (APP_PRICE + 1e6), "all are paid");
        vm.assertEq(locked(requester), 0, "none is left to the clock");
        assertSolvent();
    }

    /// @dev 14.20. Naive: any bytes are accepted as the results of an agreed digest.
    function test_Results_AreBound_WhenTheDealAsksForIt() public {
        bytes32 bound = bytes32(uint256(1) << 32);
        Orders memory o = ordersFor(1, 2);
        o.request.tag = bound;
        o.pool.tag = bound;
        bytes32 dealid = matched(o);
        bytes32 taskid = hub.initialize(dealid, 0);
        vote(0, taskid, keccak256(RESULTS));
        reveal(0, taskid, keccak256(RESULTS));
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.ResultsNotBound.selector, keccak256(RESULTS))
        );
        vm.prank(scheduler);
        hub.finalize(taskid, "something else", "");
        finalize(taskid);
        taskid = hub.initialize(dealid, 1);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.ResultsNotBound.selector, DIGEST));
        vm.prank(worker(0));
        hub.contributeAndFinalize(taskid, DIGEST, RESULTS, "", address(0), "", grant);
    }

    /// @dev 14.22. Naive: what the callback returns is copied, at the scheduler's expense.
    function test_Callback_CannotBombWithItsAnswer() public {
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(new ReturnBomb());
        bytes32 taskid = hub.initialize(matched(o), 0);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        uint256 before = gasleft();
        vm.prank(worker(0));
        hub.contributeAndFinalize(
            taskid, keccak256("answer"), RESULTS, "answer", address(0), "", grant
        );
        vm.assertLe(before - gasleft(), 500_000, "gas");
    }

    /// @dev 14.27. Naive: all functions of tasks revert without a word.
    function test_Refusals_SayWhy() public {
        bytes[8] memory calls = [
            abi.encodeCall(hub.initialize, ("nothing", 0)),
            abi.encodeCall(hub.contribute, ("nothing", "h", "s", address(0), "", "")),
            abi.encodeCall(hub.contributeAndFinalize, ("nothing", "d", "", "", address(0), "", "")),
            abi.encodeCall(hub.reveal, ("nothing", "d")),
            abi.encodeCall(hub.reopen, ("nothing")),
            abi.encodeCall(hub.finalize, ("nothing", "", "")),
            abi.encodeCall(hub.claim, ("nothing")),
            abi.encodeCall(hub.claimUntouched, ("nothing"))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool ok, bytes memory reason) = address(hub).call(calls[i]);
            vm.assertTrue(!ok, "refused");
            vm.assertGe(reason.length, 36, "with a typed error and what it is about");
        }
    }
}
