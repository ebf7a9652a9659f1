// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {NameRegistrar} from "./NameRegistrar.sol";
import {NameRegistry} from "./NameRegistry.sol";
import {NameResolver} from "./NameResolver.sol";
import {ReverseRegistrar} from "./ReverseRegistrar.sol";

/// @title NameService
/// @notice All that names need on a chain that has none, made in one transaction.
/// @dev The four domains below `iexec.eth` are those that the ecosystem's clients know.
contract NameService {
    /// @notice Who has which name.
    NameRegistry public immutable registry;
    /// @notice Where names lead.
    NameResolver public immutable resolver;

    constructor(address owner) {
        registry = new NameRegistry(address(this));
        resolver = new NameResolver(registry);
        bytes32 reverse = _below(_below(0, "reverse"), "addr");
        bytes32 eth = _below(0, "eth");
        bytes32 iexec = _below(eth, "iexec");
        string[4] memory domains = ["users", "apps", "datasets", "pools"];
        for (uint256 i = 0; i < domains.length; i++) {
            bytes32 node = _below(iexec, domains[i]);
            registry.setOwner(node, address(new NameRegistrar(registry, node)));
        }
        registry.setOwner(reverse, address(new ReverseRegistrar(registry, resolver, reverse)));
        registry.setOwner(iexec, owner);
        registry.setOwner(eth, owner);
        registry.setOwner(0, owner);
    }

    function _below(bytes32 node, string memory label) private returns (bytes32) {
        return registry.setSubnodeOwner(node, keccak256(bytes(label)), address(this));
    }
}
