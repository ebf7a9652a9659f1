// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Reason} from "./Reason.sol";
import {Store} from "./Store.sol";

/// @title Signature
/// @notice Who signed what: by key, by contract (ERC-1271), or on chain beforehand.
library Signature {
    bytes4 private constant ERC1271_VALID = 0x1626ba7e;
    /// @dev Above it, the same signature with the other s would be a second valid form.
    uint256 private constant HALF_ORDER =
        0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    bytes32 private constant LOW_255_BITS =
        0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;

    /// @notice Whether `identity` signed `hash`, on chain or by `signature`.
    /// @dev The presignature is looked up last when the signature may be enough: it costs a slot.
    function approves(address identity, bytes32 hash, bytes calldata signature)
        internal
        view
        returns (bool)
    {
        if (!_keyLength(signature)) {
            return presigned(identity, hash) || verify(identity, hash, signature);
        }
        return verify(identity, hash, signature) || presigned(identity, hash);
    }

    function presigned(address identity, bytes32 hash) internal view returns (bool) {
        return identity != address(0) && Store.hub().presigned[hash] == identity;
    }

    /// @notice Whether `signature` over `hash` is by `identity`.
    /// @dev The key is tried before the code: an account that delegates its code (EIP-7702) keeps
    /// the signatures of its key.
    function verify(address identity, bytes32 hash, bytes calldata signature)
        internal
        view
        returns (bool)
    {
        if (identity == address(0)) return false;
        bool byKey = _keyLength(signature);
        if (byKey && recover(hash, signature) == identity) return true;
        if (identity.code.length > 0) return _contractAccepts(identity, hash, signature);
        require(byKey, Reason.INVALID_SIGNATURE_FORMAT);
        return false;
    }

    /// @notice The key that signed, or 0. 65 bytes, or 64 in the compact form of EIP-2098.
    function recover(bytes32 hash, bytes calldata signature) internal pure returns (address) {
        bytes32 r;
        bytes32 s;
        uint256 v;
        // Slices of calldata would be checked against bounds that are known: 150 gas.
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 0x20))
            v := byte(0, calldataload(add(signature.offset, 0x40)))
        }
        if (signature.length == 64) {
            v = (uint256(s) >> 255) + 27;
            s &= LOW_255_BITS;
        }
        if (uint256(s) > HALF_ORDER) return address(0);
        return ecrecover(hash, uint8(v), r, s);
    }

    /// @notice What wallets sign for a bare 32-byte message (EIP-191).
    function ethereumMessage(bytes32 message) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", message));
    }

    function _keyLength(bytes calldata signature) private pure returns (bool) {
        return signature.length == 65 || signature.length == 64;
    }

    function _contractAccepts(address identity, bytes32 hash, bytes calldata signature)
        private
        view
        returns (bool)
    {
        (bool answered, bytes memory answer) =
            identity.staticcall(abi.encodeWithSelector(ERC1271_VALID, hash, signature));
        return answered && answer.length >= 32 && bytes32(answer) == bytes32(ERC1271_VALID);
    }
}
