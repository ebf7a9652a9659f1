// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {vm} from "../support/Vm.sol";
import {Handler} from "./Handler.sol";

/// @dev Whatever anybody does, in any order: `World` says what must hold after every move.
abstract contract MarketInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// Far below what 250 moves leave behind: a handler whose moves are refused proves nothing.
    uint256 private constant LEAST_MOVES = 50;

    Handler private _handler;

    function _start(bool native) internal {
        _handler = Handler(payable(vm.deployCode("Handler.sol:Handler", abi.encode(native))));
        _handler.setUp();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = _handler.setUp.selector;
        selectors[1] = _handler.drain.selector;
        selectors[2] = _handler.revealOf.selector;
        selectors[3] = _handler.probe.selector;
        excluded = new FuzzSelector[](1);
        excluded[0] = FuzzSelector(address(_handler), selectors);
    }

    /// Accounts are what is held; locked is what is open; each end pays exactly its own parties;
    /// scores follow the rules; nothing ends twice; nobody does what it may not.
    function invariant_Market_KeepsItsBooks() public view {
        vm.assertEq(_handler.broken(), "", "after a move");
    }

    /// Whatever was left open, everybody gets out 10 T later.
    function afterInvariant() public {
        vm.assertGe(_handler.done(), LEAST_MOVES, "moves that succeeded");
        vm.assertGe(_handler.paid() + _handler.refunded(), 1, "tasks that ended");
        _handler.drain();
        vm.assertEq(_handler.broken(), "", "after everybody left");
    }
}

contract TokenInvariants is MarketInvariants {
    function setUp() public {
        _start(false);
    }
}

contract NativeInvariants is MarketInvariants {
    function setUp() public {
        _start(true);
    }
}
