// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Tag
/// @notice What a task needs, one bit each. The chain gives a meaning to few of them.
library Tag {
    /// @notice The task runs in an enclave: contributions carry an enclave challenge.
    uint256 internal constant TEE = 1;
    /// @notice The results bytes themselves must hash to the digest workers agreed on.
    uint256 internal constant BOUND_RESULTS = 1 << 32;
    /// @notice Anyone may contest a result against a bond, before it is paid.
    uint256 internal constant CONTESTABLE = 1 << 33;
    /// @notice Eight bits, a number: how many times 10 T from the match tasks may start, each with a
    /// clock of its own. 0: the clock of all tasks is that of the deal.
    uint256 internal constant LIFE = 0xff << 40;
    uint256 internal constant OWN_COURSE = CONTESTABLE | LIFE;
    /// @dev A dataset needs an enclave, not the framework it was once published for.
    uint256 private constant FRAMEWORKS = 0x0e;

    function required(bytes32 app, bytes32 dataset, bytes32 request)
        internal
        pure
        returns (bytes32)
    {
        // How long money is locked is for who locks it to say.
        bytes32 assets = (app | (dataset & ~bytes32(FRAMEWORKS))) & ~bytes32(LIFE);
        return assets | request;
    }

    function covers(bytes32 offered, bytes32 needed) internal pure returns (bool) {
        return needed & ~offered == 0;
    }

    function life(bytes32 tag) internal pure returns (uint256) {
        return uint8(uint256(tag) >> 40);
    }

    function has(bytes32 tag, uint256 bit) internal pure returns (bool) {
        return uint256(tag) & bit != 0;
    }
}
