// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Registry} from "./Registry.sol";

/// @title Entry
/// @notice An asset: immutable content, and an owner that its registry knows.
/// @dev Runs in clones. The content is behind the clone's own code, where reading it costs the same
/// whatever its size and where nothing can change it.
abstract contract Entry {
    using Bytes for bytes;

    /// @notice Where the entry is registered.
    Registry public immutable registry;

    constructor() {
        registry = Registry(msg.sender);
    }

    /// @notice Who owns the entry now.
    function owner() public view returns (address) {
        return registry.ownerOf(uint160(address(this)));
    }

    /// @notice Reverse names are not offered.
    function setName(address, string calldata) external pure {
        revert("Operation not supported on this chain");
    }

    function _content() internal view returns (bytes memory) {
        return Clones.fetchCloneArgs(address(this));
    }

    function _word(uint256 at) internal view returns (bytes32) {
        return bytes32(_content().slice(at, at + 32));
    }

    /// @dev The two-byte number at `at`.
    function _length(bytes memory content, uint256 at) internal pure returns (uint256) {
        return uint16(bytes2(content.slice(at, at + 2)));
    }
}
