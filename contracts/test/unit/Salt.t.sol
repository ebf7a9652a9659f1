// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Salt} from "../../src/libraries/Salt.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

contract SaltTest is Base {
    function terms(uint40 expiry, uint16 epoch, address matcher, uint24 unique)
        private
        pure
        returns (bytes32)
    {
        return bytes32(
            abi.encodePacked(
                bytes8("trblv001"), expiry, epoch, bytes14(uint112(uint160(matcher))), unique
            )
        );
    }

    function test_MatchOrders_RefusesAnExpiredOrder() public {
        uint40 expiry = uint40(block.timestamp + 60);
        Orders memory o = ordersFor(1, 1);
        o.request.salt = terms(expiry, 0, address(0), 1);
        signAll(o);
        vm.warp(expiry);
        vm.expectRevert(
            abi.encodeWithSelector(Salt.OrderExpired.selector, hashOf(o.request), expiry)
        );
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        vm.warp(expiry - 1);
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function test_RevokeAllOrders_KillsOldOrders_AndLetsNewOnesName_TheEpoch() public {
        Orders memory o = signAll(ordersFor(1, 1));
        vm.prank(appOwner);
        vm.assertEq(hub.revokeAllOrders(), 1, "epoch");
        vm.assertEq(hub.viewEpoch(appOwner), 1, "epoch");
        vm.expectRevert(abi.encodeWithSelector(Salt.OrderRevoked.selector, hashOf(o.app), 0, 1));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        o.app.salt = terms(0, 1, address(0), 1);
        matched(o);
    }

    function test_MatchOrders_RefusesAnotherMatcher_WhenTheOrderNamesOne() public {
        Orders memory o = ordersFor(1, 1);
        o.request.salt = terms(0, 0, sponsor, 1);
        signAll(o);
        vm.expectRevert(
            abi.encodeWithSelector(Salt.OrderReserved.selector, hashOf(o.request), stranger)
        );
        vm.prank(stranger);
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        vm.prank(sponsor);
        hub.sponsorMatchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function testFuzz_EpochOf_IsZero_ForPlainSalts(bytes32 plain) public pure {
        vm.assume(bytes8(plain) != Salt.MAGIC);
        vm.assertEq(Salt.epochOf(plain), 0, "epoch");
    }
}
