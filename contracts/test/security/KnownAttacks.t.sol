// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowTokenFacet} from "../../src/facets/EscrowTokenFacet.sol";
import {Configuration} from "../../src/interfaces/Configuration.sol";
import {Contribution, Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Workerpool} from "../../src/registries/Workerpool.sol";
import {Base} from "../support/Base.t.sol";
import {Hub} from "../support/Hub.sol";
import {HubBuilder} from "../support/HubBuilder.sol";
import {Quorum, RefusingContract, ReturnBomb, SilentToken} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

/// @dev What is known to have gone wrong in hubs of this protocol, one test each. Every comment says
/// what the naive design does.
contract KnownAttacksTest is Base {
    bytes32 private constant DIGEST = keccak256("result");
    bytes32 private constant LIE = keccak256("lie");

    /// @dev 14.3. Naive: the tag of an empty, unsigned dataset order is added to the deal.
    function test_EmptyDatasetOrder_CannotAddTags() public {
        Orders memory o = signAll(ordersFor(1, 1));
        o.dataset.tag = bytes32(uint256(0x100));
        o.dataset.datasetprice = 1e9;
        o.dataset.volume = 0;
        o.dataset.apprestrict = stranger;
        bytes32 dealid = hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        vm.assertEq(hub.viewDeal(dealid).tag, 0, "tag");
        vm.assertEq(hub.viewDeal(dealid).dataset.price, 0, "price");
        vm.assertEq(locked(requester), APP_PRICE + POOL_PRICE, "locked");
    }

    /// @dev 14.4. Naive: a failed recovery gives address 0, which equals the requester 0.
    function test_ZeroAddress_CannotSign() public {
        vm.assertTrue(!hub.verifySignature(address(0), "hash", new bytes(65)), "65 zeroes");
        vm.assertTrue(!hub.verifySignature(address(0), "hash", new bytes(64)), "64 zeroes");
        Orders memory o = ordersFor(1, 1);
        o.request.requester = address(0);
        signAll(o);
        o.request.sign = new bytes(65);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "iExecV5-matchOrders-0x50"));
        vm.prank(sponsor);
        hub.sponsorMatchOrders(o.app, o.dataset, o.pool, o.request);
    }

    /// @dev 14.5. Naive: whoever names the token may spend any open approval of anybody.
    function test_ReceiveApproval_OnlyFromTheToken() public {
        rlc.transfer(requester, 5e9);
        vm.prank(requester);
        rlc.approve(address(hub), 5e9);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "wrong-token"));
        vm.prank(stranger);
        hub.receiveApproval(requester, 5e9, address(rlc), "");
        vm.assertEq(rlc.balanceOf(requester), 5e9, "untouched");
    }

    /// @dev 14.6. Naive: an account with code is only asked by ERC-1271, so a key that delegates
    /// its code (EIP-7702) loses every order it signed.
    function test_DelegatedAccount_KeepsItsSignatures() public {
        Orders memory o = signAll(ordersFor(1, 1));
        vm.etch(requester, address(new RefusingContract()).code);
        vm.etch(scheduler, address(new RefusingContract()).code);
        bytes32 dealid = hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        single(0, hub.initialize(dealid, 0), DIGEST);
    }

    /// @dev 14.7. Naive: each finalized task, even a free one, draws a tenth of the kitty: a pool
    /// gets its lost stake back from a few deals with itself.
    function test_Kitty_CannotBeFarmedWithFreeTasks() public {
        bytes32 lost = openTask(1);
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(lost);
        uint256 kitty = locked(KITTY);
        vm.assertEq(kitty, POOL_STAKE, "fed");
        for (uint256 i = 0; i < 6; ++i) {
            Orders memory o = ordersFor(1, 1);
            o.pool.workerpoolprice = 0;
            o.app.appprice = 0;
            single(0, hub.initialize(matched(o), 0), DIGEST);
        }
        vm.assertEq(locked(KITTY), kitty, "untouched");
        single(0, openTask(1), DIGEST);
        vm.assertEq(kitty - locked(KITTY), POOL_PRICE / 10, "a tenth of a paid price");
        assertSolvent();
    }

    /// @dev 14.7. The original rule is one setting away.
    function test_Kitty_PaysAsTheOriginal_WhenUncapped() public {
        hub.setPolicy(65_535, 0);
        bytes32 lost = openTask(1);
        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claim(lost);
        Orders memory o = ordersFor(1, 1);
        o.pool.workerpoolprice = 0;
        single(0, hub.initialize(matched(o), 0), DIGEST);
        vm.assertEq(locked(KITTY), 0, "all of it, being less than one RLC");
        assertSolvent();
    }

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

    /// @dev 14.10. Naive: a scheduler adds voters until its answer wins, and nobody can tell. Ours
    /// bounds them and lets the scheduler commit to them before the first vote.
    function test_Voters_AreBounded_AndCommittedTo() public {
        bytes32 dealid = matched(ordersFor(1_000_000_000, 1));
        bytes32 committed = keccak256(abi.encode(worker(0), worker(1)));
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

    /// @dev 14.11. Naive: an own app, pool and two workers at price 0 raise scores for gas alone.
    function test_Scores_CannotBeFarmedWithFreeTasks() public {
        Orders memory o = ordersFor(4, 1);
        o.pool.workerpoolprice = 0;
        bytes32 taskid = hub.initialize(matched(o), 0);
        vote(0, taskid, DIGEST);
        vote(1, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        reveal(1, taskid, DIGEST);
        finalize(taskid);
        vm.assertEq(hub.viewScore(worker(0)), 0, "no score for nothing");
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

    /// @dev 14.13. Naive: recovering a bag of n untouched tasks costs n × 200,000 gas.
    function test_AbandonedBag_IsRefundedAtOnce() public {
        bytes32 dealid = matched(ordersFor(1, 800));
        vm.warp(block.timestamp + 10 * CLOCK);
        uint256 before = gasleft();
        hub.claimUntouched(dealid);
        vm.assertLe(before - gasleft(), 80_000, "gas");
        vm.assertEq(free(requester), RICHES, "refunded");
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

    /// @dev 14.16. Naive: some 140 contributors make a task nobody can finalize within a block.
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

    /// @dev 14.21. Naive: one key vouches for all enclaves. Ours may be a quorum of them.
    function test_Broker_MayBeAQuorum() public {
        Quorum quorum = new Quorum([vm.addr(1), vm.addr(2), vm.addr(3)]);
        hub.setTeeBroker(address(quorum));
        bytes32 taskid = openTask(1);
        uint256 enclaveKey = 0xe2c;
        address enclave = vm.addr(enclaveKey);
        bytes32 grant = message(keccak256(abi.encodePacked(worker(0), taskid, enclave)));
        bytes32 hash = resultHash(taskid, DIGEST);
        bytes32 seal = sealOf(worker(0), taskid, DIGEST);
        bytes memory proof = sign(enclaveKey, message(keccak256(abi.encodePacked(hash, seal))));
        bytes memory one = bytes.concat(sign(1, grant), sign(1, grant));
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.AuthorizationRefused.selector, address(quorum))
        );
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, proof, one);
        bytes memory two = bytes.concat(sign(1, grant), sign(3, grant));
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, proof, two);
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

    /// @dev 14.24. Naive: a callback gas above the block's makes every result undeliverable.
    function test_CallbackGas_IsBounded() public {
        vm.expectRevert(
            abi.encodeWithSelector(Configuration.SettingTooHigh.selector, 30_000_000, 1_000_000)
        );
        hub.setCallbackGas(30_000_000);
    }

    /// @dev 14.25. Naive: a score lost here can be brought back from an older hub.
    function test_Scores_CannotBeImported() public {
        vm.expectRevert(abi.encodeWithSelector(Configuration.NotSupported.selector));
        hub.importScore(worker(0));
    }

    /// @dev 14.26. Kept, and told: whoever ran the pool at the match runs and answers for the deal.
    function test_SoldPool_LeavesOldDealsWithTheSeller() public {
        bytes32 taskid = openTask(1);
        vm.prank(scheduler);
        workerpoolRegistry.transferFrom(scheduler, stranger, uint160(pool));
        vote(0, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        finalize(taskid);
        vm.assertEq(free(scheduler), RICHES + POOL_PRICE / 100, "seller is paid");
    }

    /// @dev 14.28. Naive: what the token answers to a withdrawal is ignored; the money is burnt.
    function test_Withdraw_ListensToTheToken() public {
        SilentToken token = new SilentToken();
        hub =
            Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), false));
        hub.configure(
            address(token),
            "",
            "",
            9,
            address(appRegistry),
            address(datasetRegistry),
            address(workerpoolRegistry),
            address(0)
        );
        hub.deposit(5e9);
        token.refuse();
        vm.expectRevert(
            abi.encodeWithSelector(EscrowTokenFacet.TransferFailed.selector, address(this), 5e9)
        );
        hub.withdraw(5e9);
        vm.assertEq(free(address(this)), 5e9, "still there");
    }

    /// @dev A scheduler who changes its terms after the match changes nothing of it.
    function test_Policy_IsThatOfTheMatch() public {
        bytes32 taskid = openTask(1);
        vm.prank(scheduler);
        Workerpool(pool).changePolicy(100, 100);
        single(0, taskid, DIGEST);
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "as agreed");
    }

    /// @dev A vote, a signature or an order cannot be used for another hub, chain or task.
    function test_Authorization_CannotBeReplayed() public {
        bytes32 taskid = openTask(8);
        bytes32 other = openTask(8);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.AuthorizationRefused.selector, scheduler));
        vm.prank(worker(0));
        hub.contribute(other, "h", "s", address(0), "", grant);
        Orders memory o = signAll(ordersFor(1, 1));
        vm.chainId(4242);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "iExecV5-matchOrders-0x21"));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }
}
