// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Contests} from "../../src/interfaces/Contests.sol";
import {Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

/// @dev What is known to have gone wrong in hubs of this protocol: one answer, one clock. Every
/// comment says what the naive design does. One file, since all play the same two kinds of deal.
contract CourseAttacksTest is Base {
    bytes32 private constant DIGEST = keccak256("result");
    bytes32 private constant LIE = keccak256("lie");
    bytes32 private constant CONTESTABLE = bytes32(uint256(1 << 33));
    uint256 private constant BOND = 5 * POOL_PRICE;

    function _tagged(Orders memory o, bytes32 tag) private pure returns (Orders memory) {
        o.request.tag = tag;
        o.pool.tag = tag;
        return o;
    }

    /// @dev A task of trust 1 whose result can be contested.
    function _doubtful() private returns (bytes32) {
        return hub.initialize(matched(_tagged(ordersFor(1, 1), CONTESTABLE)), 0);
    }

    function _living(uint256 life, uint256 volume) private returns (bytes32 dealid) {
        return matched(_tagged(ordersFor(1, volume), bytes32(life << 40)));
    }

    function _contest(bytes32 taskid) private {
        vm.prank(sponsor);
        hub.contest(taskid);
    }

    function _refuseContest(bytes memory why, bytes32 taskid) private {
        vm.expectRevert(why);
        _contest(taskid);
    }

    function _answer(uint256 index, bytes32 taskid, bytes32 digest) private {
        vote(index, taskid, digest);
        reveal(index, taskid, digest);
    }

    function _outvote(bytes32 taskid, uint256 first, uint256 votes) private {
        for (uint256 i = first; i < first + votes; ++i) {
            if (i > 4) _fund(worker(i));
            vote(i, taskid, DIGEST);
        }
        for (uint256 i = first; i < first + votes; ++i) {
            reveal(i, taskid, DIGEST);
        }
        finalize(taskid);
    }

    /// @dev 14.29. Naive: at trust 1 whatever the only worker says is paid at once. Ours leaves time
    /// to contest it, with a bond behind the answer that pays those who show that it is wrong.
    function test_SingleLie_IsContested_BeforeItIsPaid() public {
        bytes32 taskid = _doubtful();
        _answer(0, taskid, LIE);
        vm.assertEq(locked(worker(0)), BOND, "what answers for the result");
        uint256 end = hub.viewTask(taskid).revealDeadline + 2 * CLOCK;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineNotReached.selector, end));
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "");

        vm.expectEmit(address(hub));
        emit Contests.ResultContested(taskid, sponsor, BOND);
        _contest(taskid);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
        vm.assertEq(locked(sponsor), BOND, "bond of who doubts");
        _outvote(taskid, 1, 5);

        vm.assertEq(hub.viewTask(taskid).resultDigest, DIGEST, "truth");
        vm.assertEq(free(worker(0)), RICHES - BOND, "liar");
        vm.assertEq(free(sponsor), RICHES + BOND / 5, "who found it");
        uint256 shared = (POOL_PRICE + BOND - BOND / 5) * 99 / 100;
        vm.assertEq(free(worker(1)), RICHES + shared / 5, "who showed it");
        vm.assertEq(free(requester), RICHES - APP_PRICE - POOL_PRICE, "payer pays once");
        vm.assertEq(locked(sponsor) + locked(worker(0)) + locked(worker(1)), 0, "nothing stays");
        assertSolvent();
    }

    /// @dev 14.29. Naive challenges cost nothing: anybody can hold up anybody's pay.
    function test_WrongContest_PaysTheWorkers() public {
        bytes32 taskid = _doubtful();
        _answer(0, taskid, DIGEST);
        _contest(taskid);
        _outvote(taskid, 1, 2);
        vm.assertEq(free(sponsor), RICHES - BOND, "who doubted");
        uint256 earned = (POOL_PRICE + BOND) * 99 / 100 / 3;
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertEq(free(worker(i)), RICHES + earned, "workers");
        }
        assertSolvent();
    }

    /// @dev 14.29. Naive: a contest asks for a fixed trust, which one reputed worker carries alone:
    /// any copy of its answer ends it. Ours asks for four times what the contested votes weigh.
    function test_Reputation_DoesNotEndAContest() public {
        _fund(worker(5));
        bytes32 dealid = matched(ordersFor(50, 30));
        for (uint256 i = 0; i < 30; ++i) {
            _agree(hub.initialize(dealid, i));
        }
        vm.assertEq(hub.viewScore(worker(0)), 30, "reputed");
        bytes32 taskid = _doubtful();
        _answer(0, taskid, LIE);
        _contest(taskid);
        _fund(worker(6));
        vote(6, taskid, LIE);
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
    }

    function _agree(bytes32 taskid) private {
        uint256 votes;
        while (statusOf(taskid) == TaskStatusEnum.ACTIVE) vote(votes++, taskid, DIGEST);
        for (uint256 i = 0; i < votes; ++i) {
            reveal(i, taskid, DIGEST);
        }
        finalize(taskid);
    }

    /// @dev 14.29. Naive: a contest near the deadline leaves no time to vote, and the task fails.
    function test_LateContest_LeavesTimeToVote() public {
        bytes32 taskid = _doubtful();
        vm.warp(block.timestamp + 7 * CLOCK - 1);
        _answer(0, taskid, LIE);
        vm.warp(block.timestamp + 4 * CLOCK - 1);
        vm.expectRevert();
        hub.claim(taskid);
        _contest(taskid);
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(task.contributionDeadline, block.timestamp + 7 * CLOCK, "votes");
        vm.assertEq(task.finalDeadline, block.timestamp + 10 * CLOCK, "end");
        vm.warp(task.contributionDeadline - 1);
        _outvote(taskid, 1, 5);
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
    }

    /// @dev Who contests and who answered have theirs back when the pool lets the contest rot.
    function test_UnsettledContest_GivesBondsBack() public {
        bytes32 taskid = _doubtful();
        _answer(0, taskid, DIGEST);
        _contest(taskid);
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(taskid);
        vm.assertEq(free(sponsor), RICHES, "who doubted");
        vm.assertEq(free(worker(0)), RICHES, "who answered");
        vm.assertEq(free(requester), RICHES, "payer");
        vm.assertEq(locked(KITTY), POOL_STAKE, "pool");
        assertSolvent();
    }

    function test_Uncontested_IsPaid_WhenTimeIsOver() public {
        bytes32 taskid = _doubtful();
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(task.finalDeadline, block.timestamp + 12 * CLOCK, "time to contest is added");
        vm.warp(task.contributionDeadline - 1);
        _answer(0, taskid, DIGEST);
        vm.warp(hub.viewTask(taskid).revealDeadline + 2 * CLOCK);
        bytes memory late =
            abi.encodeWithSelector(TaskState.DeadlineReached.selector, block.timestamp);
        _refuseContest(late, taskid);
        finalize(taskid);
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "paid");
        assertSolvent();
    }

    function test_Contest_SaysWhyNot() public {
        bytes32 taskid = openTask(1);
        bytes memory untagged = abi.encodeWithSelector(Contests.NotContestable.selector, 0);
        _refuseContest(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.ACTIVE), taskid
        );
        _answer(0, taskid, DIGEST);
        _refuseContest(untagged, taskid);

        taskid = _doubtful();
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(abi.encodeWithSelector(Contests.Contestable.selector, CONTESTABLE));
        vm.prank(worker(0));
        hub.contributeAndFinalize(taskid, DIGEST, RESULTS, "", address(0), "", grant);
        vote(0, taskid, DIGEST);
        uint256 end = hub.viewTask(taskid).revealDeadline;
        _refuseContest(abi.encodeWithSelector(TaskState.RevealsMissing.selector, 0, 1, end), taskid);
        reveal(0, taskid, DIGEST);
        vm.expectRevert("IexecEscrow: Transfer amount exceeds balance");
        vm.prank(stranger);
        hub.contest(taskid);
        _contest(taskid);
        vote(1, taskid, DIGEST);
        vote(2, taskid, DIGEST);
        reveal(1, taskid, DIGEST);
        _refuseContest(
            abi.encodeWithSelector(Contests.NotContestable.selector, CONTESTABLE), taskid
        );
    }

    /// @dev A free result has no bond behind it: to contest it would cost nothing.
    function test_FreeResult_CannotBeContested() public {
        Orders memory o = _tagged(ordersFor(1, 1), CONTESTABLE);
        o.pool.workerpoolprice = 0;
        bytes32 taskid = hub.initialize(matched(o), 0);
        _answer(0, taskid, DIGEST);
        _refuseContest(
            abi.encodeWithSelector(Contests.NotContestable.selector, CONTESTABLE), taskid
        );
    }

    /// @dev 14.29. Naive: Boost pays every single answer at once.
    function test_Boost_RefusesWhatCanBeContested() public {
        Orders memory o = signAll(_tagged(ordersFor(1, 1), CONTESTABLE));
        vm.expectRevert("PocoBoost: Results cannot be contested");
        hub.matchOrdersBoost(o.app, o.dataset, o.pool, o.request);
    }

    function test_Slice_IsContestedAsAWhole_AndCannotBeCarved() public {
        bytes32 dealid = matched(_tagged(ordersFor(1, 3), CONTESTABLE));
        vm.prank(scheduler);
        bytes32 sliceid = hub.openSlice(dealid, 3);
        _answer(0, sliceid, LIE);
        _contest(sliceid);
        vm.assertEq(locked(sponsor), 3 * BOND, "bond");
        vm.expectRevert(abi.encodeWithSelector(Contests.NotContestable.selector, CONTESTABLE));
        vm.prank(scheduler);
        hub.carve(dealid, 1);
        _outvote(sliceid, 1, 5);
        vm.assertEq(free(worker(0)), RICHES - 3 * BOND, "liar");
        vm.assertEq(free(sponsor), RICHES + 3 * BOND / 5, "who found it");
        assertSolvent();
    }

    /// @dev 14.17. Naive: tasks of a bag that were not reached within 7 T of the match are lost.
    /// Ours lets the deal live as long as its request says, and gives each task its own clock.
    function test_EachTask_HasItsOwnClock() public {
        bytes32 dealid = _living(3, 2);
        vm.warp(block.timestamp + 29 * CLOCK);
        bytes32 taskid = hub.initialize(dealid, 0);
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(task.contributionDeadline, block.timestamp + 7 * CLOCK, "votes");
        vm.assertEq(task.finalDeadline, block.timestamp + 10 * CLOCK, "end");
        vm.warp(block.timestamp + 6 * CLOCK);
        _answer(0, taskid, DIGEST);
        finalize(taskid);
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
        assertSolvent();
    }

    /// @dev 14.17. Naive clocks that start with the task keep the money as long as nobody starts it.
    function test_Clocks_KeepNoMoney_BeyondTheLifeOfTheDeal() public {
        bytes32 dealid = _living(3, 3);
        uint256 start = hub.viewDeal(dealid).startTime;
        bytes32 early = hub.initialize(dealid, 0);
        vm.warp(start + 10 * CLOCK);
        hub.claim(early);
        vm.warp(start + 36 * CLOCK);
        bytes32 late = hub.initialize(dealid, 1);
        vm.assertEq(
            hub.viewTask(late).contributionDeadline, start + 37 * CLOCK, "starts with the last"
        );
        vm.warp(start + 40 * CLOCK - 1);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.DeadlineNotReached.selector, start + 40 * CLOCK)
        );
        hub.claimUntouched(dealid);
        vm.warp(start + 40 * CLOCK);
        hub.claim(late);
        hub.claimUntouched(dealid);
        vm.assertEq(free(requester), RICHES, "all is back");
        assertSolvent();
    }

    /// @dev 14.17. What an app's or a dataset's owner writes cannot keep a requester's money longer.
    function test_Life_IsForTheRequesterToSay() public {
        Orders memory o = withDataset(_tagged(ordersFor(1, 1), bytes32(uint256(1 << 40))));
        o.pool.tag = bytes32(uint256(0xff << 40));
        o.app.tag = bytes32(uint256(0x80 << 40));
        o.dataset.tag = bytes32(uint256(0x40 << 40));
        vm.assertEq(hub.viewDeal(matched(o)).tag, bytes32(uint256(1 << 40)), "tag");
    }

    /// @dev 14.17. A scheduler cannot win time by carving: what is left goes on with the old clock.
    function test_CarvedSlices_KeepTheirClock() public {
        bytes32 dealid = _living(3, 3);
        vm.warp(block.timestamp + 5 * CLOCK);
        vm.prank(scheduler);
        bytes32 sliceid = hub.openSlice(dealid, 3);
        uint256 end = hub.viewTask(sliceid).finalDeadline;
        vm.assertEq(end, block.timestamp + 10 * CLOCK, "own clock");
        vm.warp(block.timestamp + 6 * CLOCK);
        vm.prank(scheduler);
        hub.carve(dealid, 1);
        vm.assertEq(hub.viewTask(hub.sliceOf(dealid, 0)).finalDeadline, end, "left");
        vm.assertEq(hub.viewTask(hub.sliceOf(dealid, 2)).finalDeadline, end, "right");
        vm.assertEq(
            hub.viewTask(hub.initialize(dealid, 1)).finalDeadline,
            block.timestamp + 10 * CLOCK,
            "alone"
        );
    }
}
