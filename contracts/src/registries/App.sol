// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Entry} from "./Entry.sol";
import {Registry} from "./Registry.sol";

/// @title App
/// @notice A program that workers can run.
/// @dev Content: lengths of name, type and multiaddr (2 bytes each), checksum (32 bytes), name,
/// type, multiaddr, then the enclave's measurement.
contract App is Entry {
    using Bytes for bytes;

    uint256 private constant TEXTS = 38;

    function m_appName() external view returns (string memory) {
        return string(_text(0));
    }

    /// @notice What runs it: `WASI`, `DOCKER`.
    function m_appType() external view returns (string memory) {
        return string(_text(1));
    }

    /// @notice Where its bytes are.
    function m_appMultiaddr() external view returns (bytes memory) {
        return _text(2);
    }

    /// @notice What its bytes must hash to.
    function m_appChecksum() external view returns (bytes32) {
        return _word(6);
    }

    /// @notice What an enclave running it must measure; empty for apps that need none.
    function m_appMREnclave() external view returns (bytes memory) {
        return _text(3);
    }

    /// @notice An entry is complete from its creation.
    function initialize(string calldata, string calldata, bytes calldata, bytes32, bytes calldata)
        external
        pure
    {
        revert("already initialized");
    }

    /// @dev The `n`th text; the last takes all that is left.
    function _text(uint256 n) private view returns (bytes memory) {
        bytes memory content = _content();
        uint256 start = TEXTS;
        for (uint256 i = 0; i < n; ++i) {
            start += _length(content, 2 * i);
        }
        return n == 3 ? content.slice(start) : content.slice(start, start + _length(content, 2 * n));
    }
}

/// @title AppRegistry
contract AppRegistry is Registry {
    constructor(address owner_)
        Registry(owner_, address(new App()), "iExec Application Registry (V5)", "iExecAppsV5")
    {}

    /// @notice Registers an app for `owner`. Anyone may, for anyone.
    function createApp(
        address owner,
        string calldata name,
        string calldata appType,
        bytes calldata multiaddr,
        bytes32 checksum,
        bytes calldata mrenclave
    ) external returns (address) {
        return _create(owner, _pack(name, appType, multiaddr, checksum, mrenclave));
    }

    /// @notice The address `createApp` would give, or gave.
    function predictApp(
        address owner,
        string calldata name,
        string calldata appType,
        bytes calldata multiaddr,
        bytes32 checksum,
        bytes calldata mrenclave
    ) external view returns (address) {
        return _predict(owner, _pack(name, appType, multiaddr, checksum, mrenclave));
    }

    /// @dev A text too long for its length field is too long for code: the clone refuses it.
    function _pack(
        string calldata name,
        string calldata appType,
        bytes calldata multiaddr,
        bytes32 checksum,
        bytes calldata mrenclave
    ) private pure returns (bytes memory) {
        return abi.encodePacked(
            uint16(bytes(name).length),
            uint16(bytes(appType).length),
            uint16(multiaddr.length),
            checksum,
            name,
            appType,
            multiaddr,
            mrenclave
        );
    }
}
