// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TaskState} from "../../src/libraries/TaskState.sol";
import {Workerpool} from "../../src/registries/Workerpool.sol";
import {Base} from "../support/Base.t.sol";
import {RefusingContract} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

/// @dev What is known to have gone wrong in hubs of this protocol: orders, signatures and matches. Every comment says what the
/// naive design does.
contract OrderAttacksTest is Base {
    bytes32 private constant DIGEST = keccak256("result");

    /// @dev 14.3. Naive: the tag of an empty, unsigned dataset order is added to the deal.
    function test_EmptyDatasetOrder_CannotAddTags() public {
        Orders memory o = ordersFor(1, 1);
        o.pool.tag = bytes32(uint256(0x100));
        signAll(o);
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

    /// @dev 14.6. Naive: an account with code is only asked by ERC-1271, so a key that delegates
    /// its code (EIP-7702) loses every order it signed.
    function test_DelegatedAccount_KeepsItsSignatures() public {
        Orders memory o = signAll(ordersFor(1, 1));
        vm.etch(requester, address(new RefusingContract()).code);
        vm.etch(scheduler, address(new RefusingContract()).code);
        bytes32 dealid = hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        single(0, hub.initialize(dealid, 0), DIGEST);
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
