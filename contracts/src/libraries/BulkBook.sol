// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title BulkBook
/// @notice What tasks take of datasets that their deal does not name.
library BulkBook {
    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Bulk") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0x9537cad8b70e5bce7772615193defb009bc3fbc900f38267e729bf60c12d6500;

    /// @dev Who is to be paid, and what is locked for it.
    struct Taken {
        address owner;
        uint96 price;
    }

    struct Book {
        mapping(bytes32 dealid => bytes32) root;
        mapping(bytes32 taskid => mapping(bytes32 orderHash => Taken)) taken;
    }

    function book() internal pure returns (Book storage b) {
        assembly ("memory-safe") {
            b.slot := LOCATION
        }
    }
}
