// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Entry} from "./Entry.sol";
import {Registry} from "./Registry.sol";

/// @title Dataset
/// @notice Data, usually encrypted, that apps may be allowed to read.
/// @dev Content: length of name (2 bytes), checksum (32 bytes), name, multiaddr.
contract Dataset is Entry {
    using Bytes for bytes;

    uint256 private constant TEXTS = 34;

    function m_datasetName() external view returns (string memory) {
        bytes memory content = _content();
        return string(content.slice(TEXTS, TEXTS + _length(content, 0)));
    }

    /// @notice Where its bytes are.
    function m_datasetMultiaddr() external view returns (bytes memory) {
        bytes memory content = _content();
        return content.slice(TEXTS + _length(content, 0));
    }

    /// @notice What its bytes must hash to.
    function m_datasetChecksum() external view returns (bytes32) {
        return _word(2);
    }

    /// @notice An entry is complete from its creation.
    function initialize(string calldata, bytes calldata, bytes32) external pure {
        revert("already initialized");
    }
}

/// @title DatasetRegistry
contract DatasetRegistry is Registry {
    constructor(address owner_)
        Registry(owner_, address(new Dataset()), "iExec Dataset Registry (V5)", "iExecDatasetsV5")
    {}

    /// @notice Registers a dataset for `owner`. Anyone may, for anyone.
    function createDataset(
        address owner,
        string calldata name,
        bytes calldata multiaddr,
        bytes32 checksum
    ) external returns (address) {
        return _create(owner, _pack(name, multiaddr, checksum));
    }

    /// @notice The address `createDataset` would give, or gave.
    function predictDataset(
        address owner,
        string calldata name,
        bytes calldata multiaddr,
        bytes32 checksum
    ) external view returns (address) {
        return _predict(owner, _pack(name, multiaddr, checksum));
    }

    function _pack(string calldata name, bytes calldata multiaddr, bytes32 checksum)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(uint16(bytes(name).length), checksum, name, multiaddr);
    }
}
