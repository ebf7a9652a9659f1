// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Base} from "../support/Base.t.sol";
import {RefusingContract, Wallet} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

contract SignatureTest is Base {
    uint256 private constant ORDER_OF_CURVE =
        0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function testFuzz_VerifySignature_AcceptsBothForms(uint128 key, bytes32 hash) public view {
        vm.assume(key > 0);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        address signer = vm.addr(key);
        vm.assertTrue(hub.verifySignature(signer, hash, abi.encodePacked(r, s, v)), "65 bytes");
        bytes32 vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
        vm.assertTrue(hub.verifySignature(signer, hash, abi.encodePacked(r, vs)), "64 bytes");
        vm.assertTrue(!hub.verifySignature(stranger, hash, abi.encodePacked(r, s, v)), "of another");
        bytes32 high = bytes32(ORDER_OF_CURVE - uint256(s));
        uint8 flipped = v == 27 ? 28 : 27;
        vm.assertTrue(
            !hub.verifySignature(signer, hash, abi.encodePacked(r, high, flipped)), "high s"
        );
    }

    function test_VerifySignature_Reverts_WhenTheLengthIsUnknown() public {
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "invalid-signature-format"));
        hub.verifySignature(requester, "hash", hex"00");
    }

    function test_VerifySignature_AsksTheContract() public {
        Wallet wallet = new Wallet();
        bytes32 hash = keccak256("hash");
        vm.assertTrue(!hub.verifySignature(address(wallet), hash, "any"), "not yet");
        wallet.approve(hash);
        vm.assertTrue(hub.verifySignature(address(wallet), hash, "any"), "approved");
        vm.assertTrue(hub.verifySignature(address(wallet), hash, new bytes(65)), "any length");
        address refusing = address(new RefusingContract());
        vm.assertTrue(!hub.verifySignature(refusing, hash, "any"), "reverting");
    }

    function test_MatchOrders_AcceptsAContractAsRequester() public {
        Wallet wallet = new Wallet();
        _fund(address(wallet));
        Orders memory o = ordersFor(1, 1);
        o.request.requester = address(wallet);
        signAll(o);
        wallet.approve(hashOf(o.request));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        vm.assertEq(locked(address(wallet)), APP_PRICE + POOL_PRICE, "locked");
    }
}
