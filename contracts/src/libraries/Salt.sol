// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Salt
/// @notice An order's salt may carry terms the order has no field for.
/// @dev Layout, from the left: 8 bytes `trblv001`; 5 bytes expiry, seconds, 0 for never; 2 bytes
/// epoch; 14 bytes, the low end of the only address that may match the order, 0 for anyone; 3
/// bytes to tell equal orders apart. Any other salt has no terms and belongs to epoch 0: a random
/// one looks like terms once in 2^64.
library Salt {
    bytes8 internal constant MAGIC = "trblv001";

    /// @notice The order may not be matched any more.
    error OrderExpired(bytes32 orderHash, uint256 expiry);
    /// @notice The owner revoked all orders of the epoch this one belongs to.
    error OrderRevoked(bytes32 orderHash, uint256 orderEpoch, uint256 ownerEpoch);
    /// @notice The order names somebody else as the one who may match it.
    error OrderReserved(bytes32 orderHash, address matcher);

    function epochOf(bytes32 salt) internal pure returns (uint256) {
        return bytes8(salt) == MAGIC ? uint16(uint256(salt) >> 136) : 0;
    }

    /// @notice Reverts unless the order may be matched by the caller, now.
    function check(bytes32 salt, bytes32 orderHash, uint256 ownerEpoch) internal view {
        uint256 epoch = epochOf(salt);
        if (epoch != ownerEpoch) revert OrderRevoked(orderHash, epoch, ownerEpoch);
        if (bytes8(salt) != MAGIC) return;
        uint256 expiry = uint40(uint256(salt) >> 152);
        if (expiry != 0 && block.timestamp >= expiry) revert OrderExpired(orderHash, expiry);
        uint112 matcher = uint112(uint256(salt) >> 24);
        if (matcher != 0 && matcher != uint112(uint160(msg.sender))) {
            revert OrderReserved(orderHash, msg.sender);
        }
    }
}
