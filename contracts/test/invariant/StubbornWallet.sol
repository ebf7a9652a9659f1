// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev A requester that is a contract: it signs whatever is asked, takes no coins, and cannot stop
/// anybody by either.
contract StubbornWallet {
    address private immutable _hub;

    constructor(address hub) {
        _hub = hub;
    }

    receive() external payable {
        revert("no coins");
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }

    function run(bytes calldata data) external returns (bool ok) {
        (ok,) = _hub.call(data);
    }
}
