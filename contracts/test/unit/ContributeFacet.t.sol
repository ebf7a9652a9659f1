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
import {vm} from "../support/Vm.sol";

contract ContributeFacetTest is Base {
    bytes32 private constant DIGEST = keccak256("result");
    bytes32 private constant LIE = keccak256("lie");
    uint256 private constant ENCLAVE_KEY = 0xe2c;

    function test_Initialize_OpensTheTask() public {
        bytes32 dealid = matched(ordersFor(1, 3));
        bytes32 taskid = keccak256(abi.encode(dealid, 2));
        vm.expectEmit(address(hub));
        emit Tasks.TaskInitialize(taskid, pool);
        vm.assertEq(hub.initialize(dealid, 2), taskid, "id");
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(uint256(task.status), uint256(TaskStatusEnum.ACTIVE), "status");
        vm.assertEq(task.dealid, dealid, "deal");
        vm.assertEq(task.idx, 2, "index");
        vm.assertEq(task.timeref, CLOCK, "clock");
        vm.assertEq(task.contributionDeadline, block.timestamp + 7 * CLOCK, "contributions");
        vm.assertEq(task.finalDeadline, block.timestamp + 10 * CLOCK, "final");
        vm.assertEq(task.revealDeadline, 0, "no consensus yet");
    }

    function test_Initialize_Refuses_WhatIsNotInTheBag() public {
        bytes32 dealid = matched(ordersFor(1, 3));
        vm.expectRevert(abi.encodeWithSelector(TaskState.UnknownDeal.selector, bytes32("x")));
        hub.initialize("x", 0);
        vm.expectRevert(abi.encodeWithSelector(TaskState.IndexOutOfBag.selector, 3, 0, 3));
        hub.initialize(dealid, 3);
        hub.initialize(dealid, 1);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.ACTIVE)
        );
        hub.initialize(dealid, 1);
    }

    function test_InitializeArray_OpensTasksOfSeveralDeals() public {
        bytes32[] memory dealids = new bytes32[](3);
        uint256[] memory idxs = new uint256[](3);
        dealids[0] = matched(ordersFor(1, 2));
        dealids[1] = dealids[0];
        idxs[1] = 1;
        dealids[2] = matched(ordersFor(1, 1));
        vm.assertTrue(hub.initializeArray(dealids, idxs), "done");
        for (uint256 i = 0; i < 3; ++i) {
            assertStatus(keccak256(abi.encode(dealids[i], idxs[i])), TaskStatusEnum.ACTIVE);
        }
        vm.expectRevert(abi.encodeWithSelector(TaskState.LengthMismatch.selector, 3, 0));
        hub.initializeArray(dealids, new uint256[](0));
    }

    function test_InitializeCommitted_ShowsTheCommitment_OfTheScheduler() public {
        bytes32 dealid = matched(ordersFor(1, 1));
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, address(this)));
        hub.initializeCommitted(dealid, 0, "root");
        vm.expectEmit(address(hub));
        emit Tasks.WorkersCommitted(keccak256(abi.encode(dealid, 0)), "root");
        vm.prank(scheduler);
        hub.initializeCommitted(dealid, 0, "root");
    }

    function test_Contribute_KeepsTheVoteSealed() public {
        bytes32 taskid = openTask(8);
        vote(0, taskid, DIGEST);
        Contribution memory vote_ = hub.viewContribution(taskid, worker(0));
        vm.assertEq(uint256(vote_.status), uint256(ContributionStatusEnum.CONTRIBUTED), "status");
        vm.assertEq(vote_.resultHash, resultHash(taskid, DIGEST), "hash");
        vm.assertEq(vote_.resultSeal, sealOf(worker(0), taskid, DIGEST), "seal");
        vm.assertEq(vote_.weight, 2, "weight");
        assertStatus(taskid, TaskStatusEnum.ACTIVE);
    }

    function test_Contribute_ReachesConsensus_WhenEnoughAgree() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, DIGEST);
        vm.expectEmit(address(hub));
        emit Tasks.TaskConsensus(taskid, resultHash(taskid, DIGEST));
        vote2(taskid);
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(uint256(task.status), uint256(TaskStatusEnum.REVEALING), "status");
        vm.assertEq(task.winnerCounter, 2, "winners");
        vm.assertEq(task.revealDeadline, block.timestamp + 2 * CLOCK, "reveal deadline");
        vm.assertEq(task.consensusValue, resultHash(taskid, DIGEST), "value");
    }

    /// @dev The signature is made first: `expectEmit` looks at the next call.
    function vote2(bytes32 taskid) private {
        address who = worker(1);
        bytes memory grant = authorization(who, taskid, address(0));
        vm.prank(who);
        hub.contribute(
            taskid, resultHash(taskid, DIGEST), sealOf(who, taskid, DIGEST), address(0), "", grant
        );
    }

    function test_Contribute_Refuses_StrangersAndSecondVotes() public {
        bytes32 taskid = openTask(8);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(abi.encodeWithSelector(TaskState.AuthorizationRefused.selector, scheduler));
        vm.prank(worker(1));
        hub.contribute(taskid, "h", "s", address(0), "", grant);
        vote(0, taskid, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(TaskState.AlreadyContributed.selector, worker(0)));
        vm.prank(worker(0));
        hub.contribute(taskid, "h", "s", address(0), "", grant);
    }

    function test_Contribute_Refuses_BeforeAndAfterItsTime() public {
        bytes memory grant = authorization(worker(0), "none", address(0));
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.UNSET)
        );
        vm.prank(worker(0));
        hub.contribute("none", "h", "s", address(0), "", grant);

        bytes32 taskid = openTask(8);
        uint256 deadline = block.timestamp + 7 * CLOCK;
        grant = authorization(worker(0), taskid, address(0));
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineReached.selector, deadline));
        vm.prank(worker(0));
        hub.contribute(taskid, "h", "s", address(0), "", grant);
    }

    function test_Contribute_Refuses_AWorkerWithoutStake() public {
        bytes32 taskid = openTask(1);
        bytes memory grant = authorization(worker(9), taskid, address(0));
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "IexecEscrow: Transfer amount exceeds balance")
        );
        vm.prank(worker(9));
        hub.contribute(taskid, "h", "s", address(0), "", grant);
    }

    function test_Contribute_AsksForAnEnclave_WhenTheTagDoes() public {
        Orders memory o = ordersFor(1, 1);
        o.app.tag = bytes32(uint256(1));
        o.pool.tag = bytes32(uint256(1));
        bytes32 taskid = hub.initialize(matched(o), 0);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.EnclaveRequired.selector, bytes32(uint256(1)))
        );
        vm.prank(worker(0));
        hub.contribute(taskid, "h", "s", address(0), "", grant);

        address enclave = vm.addr(ENCLAVE_KEY);
        grant = authorization(worker(0), taskid, enclave);
        bytes32 hash = resultHash(taskid, DIGEST);
        bytes32 seal = sealOf(worker(0), taskid, DIGEST);
        bytes memory wrong = sign(WORKER_KEY, message(keccak256(abi.encodePacked(hash, seal))));
        vm.expectRevert(abi.encodeWithSelector(TaskState.EnclaveSignatureRefused.selector, enclave));
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, wrong, grant);

        bytes memory proof = sign(ENCLAVE_KEY, message(keccak256(abi.encodePacked(hash, seal))));
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, proof, grant);
        vm.assertEq(hub.viewContribution(taskid, worker(0)).enclaveChallenge, enclave, "enclave");
    }

    function test_Contribute_AsksTheBroker_WhenThereIsOne() public {
        uint256 brokerKey = 0xb40;
        hub.setTeeBroker(vm.addr(brokerKey));
        bytes32 taskid = openTask(1);
        address enclave = vm.addr(ENCLAVE_KEY);
        bytes32 hash = resultHash(taskid, DIGEST);
        bytes32 seal = sealOf(worker(0), taskid, DIGEST);
        bytes memory proof = sign(ENCLAVE_KEY, message(keccak256(abi.encodePacked(hash, seal))));
        bytes memory grant = authorization(worker(0), taskid, enclave);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.AuthorizationRefused.selector, vm.addr(brokerKey))
        );
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, proof, grant);
        grant = sign(brokerKey, message(keccak256(abi.encodePacked(worker(0), taskid, enclave))));
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, proof, grant);
    }

    function test_Reveal_OpensTheSeal() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, DIGEST);
        vote(1, taskid, DIGEST);
        vm.expectEmit(address(hub));
        emit Tasks.TaskReveal(taskid, worker(0), DIGEST);
        vm.prank(worker(0));
        hub.reveal(taskid, DIGEST);
        Task memory task = hub.viewTask(taskid);
        vm.assertEq(task.revealCounter, 1, "revealed");
        vm.assertEq(task.resultDigest, DIGEST, "digest");
        vm.assertEq(task.consensusValue, resultHash(taskid, DIGEST), "value");
        Contribution memory vote_ = hub.viewContribution(taskid, worker(0));
        vm.assertEq(uint256(vote_.status), uint256(ContributionStatusEnum.PROVED), "status");
        vm.assertEq(vote_.resultHash, resultHash(taskid, DIGEST), "hash");
        reveal(1, taskid, DIGEST);
        vm.assertEq(hub.viewTask(taskid).revealCounter, 2, "revealed");
    }

    function test_Reveal_Refuses_WhatTheVoteDidNotSay() public {
        bytes32 taskid = openTask(4);
        vote(0, taskid, LIE);
        voteSealed(1, taskid, DIGEST, "not a seal");
        vote(2, taskid, DIGEST);
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.ACTIVE)
        );
        vm.prank(worker(2));
        hub.reveal(taskid, DIGEST);
        vote(3, taskid, DIGEST);
        vote(4, taskid, DIGEST);
        assertStatus(taskid, TaskStatusEnum.REVEALING);

        vm.expectRevert(
            abi.encodeWithSelector(
                TaskState.NotInConsensus.selector,
                resultHash(taskid, LIE),
                resultHash(taskid, DIGEST)
            )
        );
        vm.prank(worker(0));
        hub.reveal(taskid, LIE);
        vm.expectRevert(
            abi.encodeWithSelector(
                TaskState.WrongDigest.selector, resultHash(taskid, LIE), resultHash(taskid, DIGEST)
            )
        );
        vm.prank(worker(2));
        hub.reveal(taskid, LIE);
        vm.expectRevert(
            abi.encodeWithSelector(
                TaskState.WrongSeal.selector,
                sealOf(worker(1), taskid, DIGEST),
                bytes32("not a seal")
            )
        );
        vm.prank(worker(1));
        hub.reveal(taskid, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAContributor.selector, stranger));
        vm.prank(stranger);
        hub.reveal(taskid, DIGEST);
        reveal(2, taskid, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(TaskState.AlreadyRevealed.selector, worker(2)));
        vm.prank(worker(2));
        hub.reveal(taskid, DIGEST);
    }

    function test_Reveal_Refuses_AfterItsDeadline() public {
        bytes32 taskid = openTask(1);
        vote(0, taskid, DIGEST);
        uint256 deadline = block.timestamp + 2 * CLOCK;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(TaskState.DeadlineReached.selector, deadline));
        vm.prank(worker(0));
        hub.reveal(taskid, DIGEST);
    }
}
