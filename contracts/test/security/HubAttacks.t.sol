// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowTokenFacet} from "../../src/facets/EscrowTokenFacet.sol";
import {Configuration} from "../../src/interfaces/Configuration.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {Hub} from "../support/Hub.sol";
import {HubBuilder} from "../support/HubBuilder.sol";
import {SilentToken} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

/// @dev What is known to have gone wrong in hubs of this protocol: money, scores and settings. Every comment says what the
/// naive design does.
contract HubAttacksTest is Base {
    bytes32 private constant DIGEST = keccak256("result");

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

    /// @dev 14.13. Naive: recovering a bag of n untouched tasks costs n × 200,000 gas.
    function test_AbandonedBag_IsRefundedAtOnce() public {
        bytes32 dealid = matched(ordersFor(1, 800));
        vm.warp(block.timestamp + 10 * CLOCK);
        uint256 before = gasleft();
        hub.claimUntouched(dealid);
        vm.assertLe(before - gasleft(), 80_000, "gas");
        vm.assertEq(free(requester), RICHES, "refunded");
    }

    /// @dev 14.21. Naive: one key vouches for all enclaves: who has it makes any machine one. Ours is
    /// a quorum of keys, where the hub's owner wants it.
    function test_Enclaves_NeedSeveralBrokers() public {
        (uint256 low, uint256 high) = (1, 2);
        if (vm.addr(low) > vm.addr(high)) (low, high) = (high, low);
        address[] memory keys = new address[](2);
        (keys[0], keys[1]) = (vm.addr(low), vm.addr(high));
        address brokers = vm.deployCode("Brokers.sol:Brokers", abi.encode(keys, 2));
        hub.setTeeBroker(brokers);
        bytes32 taskid = openTask(1);
        uint256 enclaveKey = 0xe2c;
        address enclave = vm.addr(enclaveKey);
        bytes32 grant = message(keccak256(abi.encodePacked(worker(0), taskid, enclave)));
        bytes32 hash = resultHash(taskid, DIGEST);
        bytes32 seal = sealOf(worker(0), taskid, DIGEST);
        bytes memory proof = sign(enclaveKey, message(keccak256(abi.encodePacked(hash, seal))));
        bytes[3] memory alone =
            [sign(low, grant), sign(high, grant), bytes.concat(sign(low, grant), sign(low, grant))];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(TaskState.AuthorizationRefused.selector, brokers)
            );
            vm.prank(worker(0));
            hub.contribute(taskid, hash, seal, enclave, proof, alone[i]);
        }
        bytes memory both = bytes.concat(sign(low, grant), sign(high, grant));
        vm.prank(worker(0));
        hub.contribute(taskid, hash, seal, enclave, proof, both);
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
}
