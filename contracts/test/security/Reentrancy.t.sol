// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Loupe} from "../../src/diamond/Diamond.sol";
import {EscrowNative, EscrowToken} from "../../src/interfaces/Escrow.sol";
import {TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Tasks} from "../../src/interfaces/Tasks.sol";
import {Base} from "../support/Base.t.sol";
import {Hub} from "../support/Hub.sol";
import {HubBuilder} from "../support/HubBuilder.sol";
import {Intruder} from "../support/Intruder.sol";
import {vm} from "../support/Vm.sol";

/// @dev Every contract the hub calls tries to come back in, through every door, while it is called.
/// Nothing may come of it: neither money nor a second end of a task.
contract ReentrancyTest is Base {
    bytes32 private constant DIGEST = keccak256("answer");
    Intruder private intruder;

    function setUp() public virtual override {
        super.setUp();
        // Enough to try all doors.
        hub.setCallbackGas(1_000_000);
        intruder = new Intruder(address(hub));
        _fund(address(intruder));
    }

    /// @dev All doors that change something, with arguments that would hurt.
    function _doors(bytes32 taskid, bytes32 dealid) private {
        intruder.plan(abi.encodeCall(Tasks.finalize, (taskid, "again", "answer")));
        intruder.plan(abi.encodeCall(Tasks.reopen, (taskid)));
        intruder.plan(abi.encodeCall(Tasks.claim, (taskid)));
        intruder.plan(abi.encodeCall(Tasks.reveal, (taskid, DIGEST)));
        intruder.plan(abi.encodeCall(Tasks.initialize, (dealid, 0)));
        intruder.plan(abi.encodeCall(Tasks.claimUntouched, (dealid)));
        intruder.plan(
            abi.encodeCall(
                Tasks.contributeAndFinalize, (taskid, DIGEST, "", "answer", address(0), "", "")
            )
        );
        intruder.plan(
            abi.encodeCall(Tasks.contribute, (taskid, DIGEST, DIGEST, address(0), "", ""))
        );
        intruder.plan(abi.encodeCall(EscrowToken.withdraw, (RICHES)));
        intruder.plan(abi.encodeCall(EscrowToken.withdraw, (1)));
        intruder.plan(abi.encodeCall(EscrowToken.recover, ()));
        intruder.plan(
            abi.encodeCall(EscrowToken.receiveApproval, (address(this), 1e9, address(rlc), ""))
        );
    }

    function test_Callback_CannotEndATaskTwice() public {
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(intruder);
        bytes32 dealid = matched(o);
        bytes32 taskid = hub.initialize(dealid, 0);
        _doors(taskid, dealid);
        vote(0, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        uint256 before = free(address(intruder)) + rlc.balanceOf(address(intruder));
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "answer");
        vm.assertTrue(intruder.attempts() > 0, "it tried");
        assertStatus(taskid, TaskStatusEnum.COMPLETED);
        vm.assertEq(free(address(intruder)) + rlc.balanceOf(address(intruder)), before, "no gain");
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "paid once");
    }

    /// @dev Through every function the hub has, one at a time, with a task and addresses for arguments.
    function test_Callback_CannotUseAnyDoor() public {
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(intruder);
        bytes32 dealid = matched(o);
        bytes32 taskid = hub.initialize(dealid, 0);
        vote(0, taskid, DIGEST);
        reveal(0, taskid, DIGEST);
        uint256 before = _wealth(address(intruder));
        bytes4[] memory all = _everyFunction(address(hub));
        for (uint256 i = 0; i < all.length; ++i) {
            uint256 state = vm.snapshotState();
            intruder.plan(_guess(all[i], taskid));
            vm.prank(scheduler);
            hub.finalize(taskid, RESULTS, "answer");
            vm.assertEq(intruder.attempts(), 1, "it tried");
            assertStatus(taskid, TaskStatusEnum.COMPLETED);
            vm.assertLe(_wealth(address(intruder)), before, "no gain");
            vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "paid once");
            assertHeld();
            vm.revertToState(state);
        }
    }

    function test_Token_CannotUseAnyDoor() public {
        Hub other =
            Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), false));
        Intruder token = new Intruder(address(other));
        other.configure(address(token), "", "", 9, address(1), address(2), address(3), address(0));
        other.depositFor(1e9, address(token));
        other.deposit(5e9);
        bytes4[] memory all = _everyFunction(address(other));
        for (uint256 i = 0; i < all.length; ++i) {
            uint256 state = vm.snapshotState();
            token.plan(_guess(all[i], bytes32(uint256(uint160(address(token))))));
            other.withdraw(5e9);
            vm.assertEq(token.attempts(), 1, "it tried");
            vm.assertEq(other.balanceOf(address(this)), 0, "withdrawn once");
            vm.assertLe(
                other.balanceOf(address(token)) + other.frozenOf(address(token)), 1e9, "no gain"
            );
            vm.revertToState(state);
        }
    }

    function _wealth(address who) private view returns (uint256) {
        return free(who) + locked(who) + rlc.balanceOf(who);
    }

    function assertHeld() private view {
        vm.assertEq(hub.totalSupply(), rlc.balanceOf(address(hub)), "held");
    }

    function _everyFunction(address of_) private view returns (bytes4[] memory all) {
        Loupe.Facet[] memory facets = Loupe(of_).facets();
        uint256 count;
        for (uint256 i = 0; i < facets.length; ++i) {
            count += facets[i].functionSelectors.length;
        }
        vm.assertGe(count, 100, "all facets");
        all = new bytes4[](count);
        for (uint256 i = 0; i < facets.length; ++i) {
            for (uint256 j = 0; j < facets[i].functionSelectors.length; ++j) {
                all[--count] = facets[i].functionSelectors[j];
            }
        }
    }

    /// @dev An id or an address, then small numbers: what most functions take.
    function _guess(bytes4 selector, bytes32 first) private pure returns (bytes memory) {
        return abi.encodePacked(selector, first, abi.encode(1, 0, 96, 0, 0, 0, 0, 0));
    }

    function test_Wallet_CannotComeBack_WhileItsSignatureIsChecked() public {
        Orders memory o = ordersFor(1, 1);
        o.request.requester = address(intruder);
        signAll(o);
        o.request.sign = "wallet";
        intruder.plan(
            abi.encodeWithSelector(hub.matchOrders.selector, o.app, o.dataset, o.pool, o.request)
        );
        intruder.plan(abi.encodeCall(EscrowToken.withdraw, (RICHES)));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        vm.assertEq(locked(address(intruder)), APP_PRICE + POOL_PRICE, "one deal");
        vm.assertEq(free(address(intruder)), RICHES - APP_PRICE - POOL_PRICE, "no withdrawal");
    }

    function test_Group_CannotComeBack_WhileAMemberIsLookedUp() public {
        Orders memory o = ordersFor(1, 1);
        o.app.requesterrestrict = address(intruder);
        signAll(o);
        intruder.plan(
            abi.encodeWithSelector(hub.matchOrders.selector, o.app, o.dataset, o.pool, o.request)
        );
        intruder.plan(abi.encodeCall(EscrowToken.withdraw, (RICHES)));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        vm.assertEq(locked(requester), APP_PRICE + POOL_PRICE, "one deal");
        vm.assertEq(free(address(intruder)), RICHES, "no withdrawal");
    }

    function test_Token_CannotMakeMoney() public {
        Hub other =
            Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), false));
        Intruder token = new Intruder(address(other));
        other.configure(address(token), "", "", 9, address(1), address(2), address(3), address(0));
        other.depositFor(1e9, address(token));
        // During a transfer out, the token withdraws what it has, again and again.
        token.plan(abi.encodeCall(EscrowToken.withdraw, (1e9)));
        token.plan(abi.encodeCall(EscrowToken.withdraw, (1e9)));
        other.deposit(5e9);
        other.withdraw(5e9);
        vm.assertEq(other.totalSupply(), 0, "all gone, once");
        vm.assertEq(other.balanceOf(address(token)), 0, "its own, once");
    }

    /// @dev The DAO of 2016: the receiver of a withdrawal withdraws again before it is debited.
    function test_TheDAO_CannotDrainTheHub() public {
        Hub native =
            Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), true));
        vm.deal(address(this), 100e9);
        EscrowNative escrow = EscrowNative(payable(address(native)));
        escrow.depositFor{value: 90e9}(stranger);
        Intruder dao = new Intruder(address(native));
        escrow.depositFor{value: 10e9}(address(dao));
        dao.plan(abi.encodeCall(EscrowNative.withdraw, (10)));
        dao.plan(abi.encodeCall(EscrowNative.withdraw, (10)));
        dao.run(abi.encodeCall(EscrowNative.withdraw, (10)));
        vm.assertTrue(dao.attempts() > 0, "it tried");
        vm.assertEq(address(dao).balance, 10e9, "its own");
        vm.assertEq(address(native).balance, 90e9, "the rest");
        vm.assertEq(native.balanceOf(stranger), 90, "of others");
    }
}
