// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowNativeFacet} from "../../src/facets/EscrowNativeFacet.sol";
import {EscrowNative} from "../../src/interfaces/Escrow.sol";
import {Base} from "../support/Base.t.sol";
import {Hub} from "../support/Hub.sol";
import {HubBuilder} from "../support/HubBuilder.sol";
import {RefusingContract} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

contract EscrowNativeTest is Base {
    EscrowNative private native;

    receive() external payable {}

    function setUp() public override {
        super.setUp();
        hub = Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), true));
        native = EscrowNative(payable(address(hub)));
        vm.deal(address(this), 1e30);
        hub.configure(
            address(0),
            "Staked xRLC",
            "SxRLC",
            9,
            address(appRegistry),
            address(datasetRegistry),
            address(workerpoolRegistry),
            address(0)
        );
        hub.createCategory("XS", "", CLOCK);
        domain = hub.eip712domain_separator();
    }

    function pay(address account) private {
        native.depositFor{value: RICHES * 1e9}(account);
    }

    function test_Deposit_GivesTheDustBack() public {
        uint256 before = address(this).balance;
        native.deposit{value: 5e9 + 7}();
        vm.assertEq(free(address(this)), 5, "credited");
        vm.assertEq(before - address(this).balance, 5e9, "dust returned");
        vm.assertEq(hub.token(), address(0), "no token");
    }

    function test_Receive_IsADeposit_ButUnknownCalldataIsNot() public {
        (bool sent,) = address(hub).call{value: 3e9}("");
        vm.assertTrue(sent, "sent");
        vm.assertEq(free(address(this)), 3, "credited");
        (bool ran,) = address(hub).call{value: 3e9}(abi.encodeWithSignature("unknown()"));
        vm.assertTrue(!ran, "refused");
    }

    function test_DepositForArray_CreditsEachAndReturnsTheRest() public {
        uint256[] memory amounts = new uint256[](2);
        address[] memory targets = new address[](2);
        (amounts[0], amounts[1]) = (1, 2);
        (targets[0], targets[1]) = (stranger, sponsor);
        uint256 before = address(this).balance;
        native.depositForArray{value: 5e9}(amounts, targets);
        vm.assertEq(before - address(this).balance, 3e9, "spent");
        vm.assertEq(free(sponsor), 2, "second");
        vm.expectRevert(abi.encodeWithSelector(EscrowNativeFacet.ValueTooLow.selector, 1e9, 3e9));
        native.depositForArray{value: 1e9}(amounts, targets);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "invalid-array-length"));
        native.depositForArray(new uint256[](1), targets);
    }

    function test_Withdraw_PaysCoins() public {
        native.deposit{value: 9e9}();
        uint256 before = address(this).balance;
        native.withdraw(4);
        vm.assertEq(address(this).balance - before, 4e9, "paid");
        native.withdrawTo(5, stranger);
        vm.assertEq(stranger.balance, 5e9, "paid");
        native.deposit{value: 1e9}();
        address refusing = address(new RefusingContract());
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "native-transfer-failed"));
        native.withdrawTo(1, refusing);
    }

    function test_Recover_CreditsForcedCoins() public {
        vm.deal(address(hub), 8e9);
        vm.assertEq(native.recover(), 8, "surplus");
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "Ownable: caller is not the owner")
        );
        vm.prank(stranger);
        native.recover();
    }

    function test_Task_IsPaidInCoins() public {
        pay(requester);
        pay(scheduler);
        bytes32 taskid = openTask(1);
        single(0, taskid, keccak256("result"));
        vm.assertEq(free(worker(0)), POOL_PRICE * 99 / 100, "worker");
        vm.assertEq(address(hub).balance, hub.totalSupply() * 1e9, "backed");
    }
}
