// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {NameRegistry} from "./NameRegistry.sol";

/// @title NameResolver
/// @notice Where names lead: to an address, back to a name, and to texts (EIP-137, 181 and 634).
contract NameResolver {
    NameRegistry private immutable REGISTRY;

    /// @notice The address of a name.
    mapping(bytes32 node => address) public addr;
    /// @notice The name of an address, under the node of its reverse name.
    mapping(bytes32 node => string) public name;
    mapping(bytes32 node => mapping(string key => string)) private _text;

    /// @notice A name leads to another address.
    event AddrChanged(bytes32 indexed node, address a);
    /// @notice An address has another name.
    event NameChanged(bytes32 indexed node, string name);
    /// @notice A text of a name changed.
    event TextChanged(bytes32 indexed node, string indexed indexedKey, string key, string value);

    /// @notice Only the owner of `node` may do this.
    error NotOwner(bytes32 node);

    modifier onlyOwner(bytes32 node) {
        require(REGISTRY.owner(node) == msg.sender, NotOwner(node));
        _;
    }

    constructor(NameRegistry registry) {
        REGISTRY = registry;
    }

    /// @notice Which of the interfaces of names this has (EIP-165).
    function supportsInterface(bytes4 id) external pure returns (bool) {
        // ERC-165, addr, name and text, in this order.
        return id == 0x01ffc9a7 || id == 0x3b3b57de || id == 0x691f3431 || id == 0x59d1d43c;
    }

    /// @notice A text of a name.
    function text(bytes32 node, string calldata key) external view returns (string memory) {
        return _text[node][key];
    }

    /// @notice Lets a name lead to an address.
    function setAddr(bytes32 node, address to) external onlyOwner(node) {
        addr[node] = to;
        emit AddrChanged(node, to);
    }

    /// @notice Says the name of the address whose reverse name this is.
    function setName(bytes32 node, string calldata to) external onlyOwner(node) {
        name[node] = to;
        emit NameChanged(node, to);
    }

    /// @notice Keeps a text with a name.
    function setText(bytes32 node, string calldata key, string calldata to)
        external
        onlyOwner(node)
    {
        _text[node][key] = to;
        emit TextChanged(node, key, key, to);
    }
}
