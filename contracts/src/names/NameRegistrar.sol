// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {NameRegistry} from "./NameRegistry.sol";

/// @title NameRegistrar
/// @notice Gives the names below its own to whoever asks first.
contract NameRegistrar {
    NameRegistry private immutable REGISTRY;
    bytes32 private immutable NODE;

    /// @notice The name has an owner, who is not the caller.
    error Taken(bytes32 label);

    constructor(NameRegistry registry, bytes32 node) {
        REGISTRY = registry;
        NODE = node;
    }

    /// @notice Gives the name with this label to `to`, unless somebody else has it.
    function register(bytes32 label, address to) external {
        address now_ = REGISTRY.owner(keccak256(abi.encodePacked(NODE, label)));
        require(now_ == address(0) || now_ == msg.sender, Taken(label));
        REGISTRY.setSubnodeOwner(NODE, label, to);
    }
}
