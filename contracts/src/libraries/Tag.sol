// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Tag
/// @notice What a task needs, one bit each. The chain gives a meaning to two of them.
library Tag {
    /// @notice The task runs in an enclave: contributions carry an enclave challenge.
    uint256 internal constant TEE = 1;
    /// @notice The results bytes themselves must hash to the digest workers agreed on.
    uint256 internal constant BOUND_RESULTS = 1 << 32;
    /// @dev A dataset needs an enclave, not the framework it was once published for.
    uint256 private constant FRAMEWORKS = 0x0e;

    function required(bytes32 app, bytes32 dataset, bytes32 request)
        internal
        pure
        returns (bytes32)
    {
        return app | (dataset & ~bytes32(FRAMEWORKS)) | request;
    }

    function covers(bytes32 offered, bytes32 needed) internal pure returns (bool) {
        return needed & ~offered == 0;
    }

    function has(bytes32 tag, uint256 bit) internal pure returns (bool) {
        return uint256(tag) & bit != 0;
    }
}
