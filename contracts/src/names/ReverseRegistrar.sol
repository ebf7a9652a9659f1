// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {NameRegistry} from "./NameRegistry.sol";
import {NameResolver} from "./NameResolver.sol";

/// @title ReverseRegistrar
/// @notice Lets every address say what it is called (EIP-181).
/// @dev Anybody may claim any name so: who reads it must ask whether the name leads back.
contract ReverseRegistrar {
    NameRegistry private immutable REGISTRY;
    NameResolver private immutable RESOLVER;
    bytes32 private immutable NODE;

    constructor(NameRegistry registry, NameResolver resolver, bytes32 node_) {
        REGISTRY = registry;
        RESOLVER = resolver;
        NODE = node_;
    }

    /// @notice The reverse name of an address: its 40 digits below `addr.reverse`.
    function node(address of_) external view returns (bytes32) {
        return keccak256(abi.encodePacked(NODE, _label(of_)));
    }

    /// @notice Says what the caller is called.
    function setName(string calldata to) external returns (bytes32 subnode) {
        subnode = REGISTRY.setSubnodeOwner(NODE, _label(msg.sender), address(this));
        REGISTRY.setResolver(subnode, address(RESOLVER));
        RESOLVER.setName(subnode, to);
    }

    function _label(address of_) private pure returns (bytes32) {
        bytes memory digits = bytes(Strings.toHexString(of_));
        bytes memory plain = new bytes(40);
        for (uint256 i = 0; i < 40; i++) {
            plain[i] = digits[i + 2];
        }
        return keccak256(plain);
    }
}
