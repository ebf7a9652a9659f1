// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev Whatever it is called as — callback, wallet, group, token, receiver of coins — it first
/// makes every planned call on the hub, then answers so that the hub goes on.
contract Intruder {
    address private immutable _hub;
    bytes[] private _plans;
    uint256 public attempts;
    bool private _inside;

    constructor(address hub) {
        _hub = hub;
    }

    function plan(bytes calldata call_) external {
        _plans.push(call_);
    }

    /// @dev Starts the attack as its own owner.
    function run(bytes calldata call_) external {
        (bool done,) = _hub.call(call_);
        require(done, "refused");
    }

    receive() external payable {
        _intrude();
    }

    function receiveResult(bytes32, bytes calldata) external {
        _intrude();
    }

    function transfer(address, uint256) external returns (bool) {
        _intrude();
        return true;
    }

    function transferFrom(address, address, uint256) external returns (bool) {
        return true;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        _knock();
        return 0x1626ba7e;
    }

    function keyHasPurpose(bytes32, uint256) external view returns (bool) {
        _knock();
        return true;
    }

    function _intrude() private {
        if (_inside) return;
        _inside = true;
        for (uint256 i = 0; i < _plans.length; ++i) {
            ++attempts;
            (bool done,) = _hub.call(_plans[i]);
            done;
        }
        _inside = false;
    }

    /// @dev Asked statically, all it can do is to try statically.
    function _knock() private view {
        for (uint256 i = 0; i < _plans.length; ++i) {
            (bool done,) = _hub.staticcall{gas: 300_000}(_plans[i]);
            require(!done, "the hub let a static caller change it");
        }
    }
}
