// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title NameRegistry
/// @notice Who has a name, and which contract knows where it leads (EIP-137).
/// @dev A node is the hash of a whole name; its owner gives away the names below it.
contract NameRegistry {
    /// @notice The root of all names has an owner from the start; all other owners come from theirs.
    constructor(address root) {
        owner[bytes32(0)] = root;
    }

    /// @notice Who has a name; nobody if zero.
    mapping(bytes32 node => address) public owner;
    /// @notice The contract that knows where a name leads.
    mapping(bytes32 node => address) public resolver;
    /// @notice Seconds for which an answer about a name may be kept.
    mapping(bytes32 node => uint64) public ttl;

    /// @notice A name below `node` was given to `owner`.
    event NewOwner(bytes32 indexed node, bytes32 indexed label, address owner);
    /// @notice A name was given to `owner`.
    event Transfer(bytes32 indexed node, address owner);
    /// @notice Another contract knows where a name leads.
    event NewResolver(bytes32 indexed node, address resolver);
    /// @notice Answers about a name may be kept for other seconds.
    event NewTTL(bytes32 indexed node, uint64 ttl);

    /// @notice Only the owner of `node` may do this.
    error NotOwner(bytes32 node);

    modifier onlyOwner(bytes32 node) {
        require(owner[node] == msg.sender, NotOwner(node));
        _;
    }

    /// @notice Whether a name has an owner.
    function recordExists(bytes32 node) external view returns (bool) {
        return owner[node] != address(0);
    }

    /// @notice Gives a name to `to`.
    function setOwner(bytes32 node, address to) external onlyOwner(node) {
        owner[node] = to;
        emit Transfer(node, to);
    }

    /// @notice Gives the name with this label below `node` to `to`, and its node back.
    function setSubnodeOwner(bytes32 node, bytes32 label, address to)
        external
        onlyOwner(node)
        returns (bytes32 subnode)
    {
        subnode = keccak256(abi.encodePacked(node, label));
        owner[subnode] = to;
        emit NewOwner(node, label, to);
    }

    /// @notice Says which contract knows where a name leads.
    function setResolver(bytes32 node, address to) external onlyOwner(node) {
        resolver[node] = to;
        emit NewResolver(node, to);
    }

    /// @notice Says for how many seconds an answer about a name may be kept.
    function setTTL(bytes32 node, uint64 to) external onlyOwner(node) {
        ttl[node] = to;
        emit NewTTL(node, to);
    }
}
