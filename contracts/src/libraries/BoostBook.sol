// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DealRecord} from "./DealRecord.sol";

/// @title BoostBook
/// @notice Deals whose tasks are settled by a push. They are not among those that can be voted on.
library BoostBook {
    /// @notice The number does not fit in `bits` bits of a Boost deal.
    error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);

    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Boost") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0xa4dc6b7c3a70e4bf89ba5d3b962ddf52d9c46e363b6fc94f2749e76100ab6900;

    struct Book {
        mapping(bytes32 dealid => address) record;
    }

    function book() internal pure returns (Book storage b) {
        assembly ("memory-safe") {
            b.slot := LOCATION
        }
    }

    /// @notice Reverts unless `viewDealBoost` can show the deal's numbers.
    function requireFits(DealRecord.Terms memory deal) internal pure {
        _requireBits(16, deal.botFirst);
        _requireBits(16, deal.botSize);
        _requireBits(96, deal.appPrice);
        _requireBits(96, deal.datasetPrice);
        _requireBits(96, deal.workerpoolPrice);
    }

    function _requireBits(uint8 bits, uint256 value) private pure {
        if (value >> bits != 0) revert SafeCastOverflowedUintDowncast(bits, value);
    }
}
