// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Signature} from "../libraries/Signature.sol";

/// @title Brokers
/// @notice Several keys that vouch for enclaves together: so many of them must, that no single one
/// can let a machine pass for an enclave.
/// @dev A hub's TEE broker may be any ERC-1271 contract: this is one. Who holds a key checks the
/// enclave's quote before it signs. Nothing changes here: other keys are another contract, and
/// `setTeeBroker`.
contract Brokers {
    uint256 private constant SIGNATURE = 65;
    uint256 private constant MOST = 32;
    bytes4 private constant VALID = 0x1626ba7e;
    bytes4 private constant INVALID = 0xffffffff;

    /// @notice How many keys must sign.
    uint256 public immutable needed;
    /// @notice Whether the key is one of them.
    mapping(address key => bool) public isBroker;
    address[] private _keys;

    /// @notice So many of the keys can never sign, or there are more than 32 keys.
    error QuorumImpossible(uint256 needed, uint256 keys);
    /// @notice Keys are told once each, in ascending order, without zero.
    error KeysNotAscending(address key);

    constructor(address[] memory keys_, uint256 needed_) {
        if (needed_ == 0 || needed_ > keys_.length || keys_.length > MOST) {
            revert QuorumImpossible(needed_, keys_.length);
        }
        address last;
        for (uint256 i = 0; i < keys_.length; ++i) {
            if (keys_[i] <= last) revert KeysNotAscending(keys_[i]);
            last = keys_[i];
            isBroker[last] = true;
        }
        (_keys, needed) = (keys_, needed_);
    }

    /// @notice All keys, in ascending order.
    function keys() external view returns (address[] memory) {
        return _keys;
    }

    /// @notice Whether enough keys signed `hash`: ERC-1271.
    /// @param signatures Of 65 bytes each, one behind the other, in ascending order of who signed.
    function isValidSignature(bytes32 hash, bytes calldata signatures)
        external
        view
        returns (bytes4)
    {
        if (signatures.length < SIGNATURE * needed || signatures.length % SIGNATURE != 0) {
            return INVALID;
        }
        address last;
        for (uint256 at = 0; at < signatures.length; at += SIGNATURE) {
            address signer = Signature.recover(hash, signatures[at:at + SIGNATURE]);
            // Ascending: nobody counts twice.
            if (signer <= last || !isBroker[signer]) return INVALID;
            last = signer;
        }
        return VALID;
    }
}
