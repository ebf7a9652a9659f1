// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowEvents, EscrowToken} from "../../src/interfaces/Escrow.sol";
import {Matching} from "../../src/interfaces/Matching.sol";
import {Account} from "../../src/interfaces/Records.sol";
import {EscrowTokenFacet} from "../../src/facets/EscrowTokenFacet.sol";
import {LedgerFacet} from "../../src/facets/LedgerFacet.sol";
import {Escrow} from "../../src/libraries/Escrow.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

contract EscrowTokenTest is Base {
    address private constant TARGET = address(0x7a49e7);

    function test_Deposit_CreditsTheCaller() public {
        rlc.transfer(TARGET, 5e9);
        vm.prank(TARGET);
        rlc.approve(address(hub), 5e9);
        vm.expectEmit(address(hub));
        emit EscrowEvents.Transfer(address(0), TARGET, 5e9);
        vm.prank(TARGET);
        vm.assertTrue(hub.deposit(5e9), "done");
        vm.assertEq(free(TARGET), 5e9, "free");
        vm.prank(TARGET);
        vm.assertTrue(hub.withdraw(2e9), "done");
        vm.assertEq(rlc.balanceOf(TARGET), 2e9, "out");
        vm.prank(TARGET);
        hub.withdrawTo(3e9, stranger);
        vm.assertEq(rlc.balanceOf(stranger), 3e9, "out");
        vm.assertEq(free(TARGET), 0, "nothing left");
        assertSolvent();
    }

    function test_Withdraw_Refuses_MoreThanIsFree() public {
        matched(ordersFor(1, 1));
        uint256 left = RICHES - APP_PRICE - POOL_PRICE;
        vm.expectRevert(
            abi.encodeWithSelector(Escrow.InsufficientBalance.selector, requester, left, RICHES)
        );
        vm.prank(requester);
        hub.withdraw(RICHES);
    }

    function test_DepositForArray_CreditsEach() public {
        uint256[] memory amounts = new uint256[](2);
        address[] memory targets = new address[](2);
        (amounts[0], amounts[1]) = (1e9, 2e9);
        (targets[0], targets[1]) = (TARGET, stranger);
        hub.depositForArray(amounts, targets);
        vm.assertEq(free(TARGET), 1e9, "first");
        vm.assertEq(free(stranger), 2e9, "second");
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "invalid-array-length"));
        hub.depositForArray(new uint256[](1), targets);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "ERC20: mint to the zero address"));
        hub.depositFor(1, address(0));
    }

    function test_Recover_GivesTheOwnerWhatWasOnlySent() public {
        rlc.transfer(address(hub), 7e9);
        vm.assertEq(hub.recover(), 7e9, "surplus");
        vm.assertEq(free(address(this)), 7e9, "credited");
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "Ownable: caller is not the owner")
        );
        vm.prank(stranger);
        hub.recover();
    }

    function test_ReceiveApproval_DepositsInOneTransaction() public {
        rlc.transfer(TARGET, 5e9);
        vm.prank(TARGET);
        rlc.approveAndCall(address(hub), 5e9, "");
        vm.assertEq(free(TARGET), 5e9, "deposited");
    }

    function test_ReceiveApproval_MatchesTheOrdersThatCome() public {
        Orders memory o = signAll(ordersFor(1, 1));
        vm.prank(requester);
        hub.withdraw(RICHES);
        bytes memory data =
            abi.encodeCall(Matching.matchOrders, (o.app, o.dataset, o.pool, o.request));
        vm.prank(requester);
        rlc.approveAndCall(address(hub), 2e9, data);
        vm.assertEq(locked(requester), APP_PRICE + POOL_PRICE, "matched");

        vm.expectRevert(abi.encodeWithSelector(EscrowToken.CallerIsNotTheRequester.selector));
        rlc.approveAndCall(address(hub), 2e9, data);
        vm.expectRevert(
            abi.encodeWithSelector(EscrowToken.UnsupportedOperation.selector, bytes4("none"))
        );
        rlc.approveAndCall(address(hub), 2e9, "none");
        // Matched already: the reason comes through.
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "iExecV5-matchOrders-0x60"));
        rlc.approveAndCall(address(hub), 2e9, data);
    }

    function test_Transfer_MovesFreeMoney() public {
        vm.prank(requester);
        hub.transfer(TARGET, 3e9);
        vm.assertEq(free(TARGET), 3e9, "received");
        vm.prank(requester);
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "ERC20: transfer to the zero address")
        );
        hub.transfer(address(0), 1);
        vm.prank(address(0));
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "ERC20: transfer from the zero address")
        );
        hub.transfer(TARGET, 0);
    }

    function test_Allowances_AreSpentAndChanged() public {
        vm.prank(requester);
        hub.approve(TARGET, 5e9);
        vm.prank(TARGET);
        hub.transferFrom(requester, stranger, 2e9);
        vm.assertEq(hub.allowance(requester, TARGET), 3e9, "left");
        vm.prank(requester);
        hub.increaseAllowance(TARGET, 1e9);
        vm.assertEq(hub.allowance(requester, TARGET), 4e9, "more");
        vm.prank(requester);
        hub.decreaseAllowance(TARGET, 3e9);
        vm.assertEq(hub.allowance(requester, TARGET), 1e9, "less");
        bytes memory tooMuch =
            abi.encodeWithSelector(LedgerFacet.InsufficientAllowance.selector, TARGET, 1e9, 2e9);
        vm.expectRevert(tooMuch);
        vm.prank(requester);
        hub.decreaseAllowance(TARGET, 2e9);
        vm.expectRevert(tooMuch);
        vm.prank(TARGET);
        hub.transferFrom(requester, stranger, 2e9);
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "ERC20: approve to the zero address")
        );
        hub.approve(address(0), 1);
        vm.prank(address(0));
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "ERC20: approve from the zero address")
        );
        hub.approve(TARGET, 1);
    }

    function test_ApproveAndCall_AsksTheReceiver() public {
        Receiver receiver = new Receiver();
        vm.prank(requester);
        hub.approveAndCall(address(receiver), 4e9, "keep");
        vm.assertEq(free(address(receiver)), 4e9, "taken");
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "approval-refused"));
        vm.prank(requester);
        hub.approveAndCall(address(receiver), 4e9, "");
    }

    function test_Mint_Refuses_MoreThanTheHubCanHold() public {
        vm.expectRevert();
        hub.depositFor(type(uint256).max, TARGET);
    }
}

/// @dev Takes what it is approved for, if asked to keep it.
contract Receiver {
    function receiveApproval(address from, uint256 amount, address token, bytes calldata data)
        external
        returns (bool)
    {
        if (data.length == 0) return false;
        return EscrowLike(token).transferFrom(from, address(this), amount);
    }
}

interface EscrowLike {
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}
