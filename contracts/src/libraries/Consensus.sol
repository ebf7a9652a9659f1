// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Consensus
/// @notice Which result do the workers' weighted votes support?
/// @dev A tally is the weight of each group of equal results, recomputed from the votes whenever it
/// is needed. Mirrored off chain by `packages/protocol/src/consensus.ts`; a differential test holds
/// the two equal. This file decides.
library Consensus {
    /// @notice What one vote of a worker with this `score` is worth. Newcomers weigh 2.
    function weightOf(uint256 score) internal pure returns (uint256) {
        uint256 tier = score / 3;
        return (tier > 3 ? tier : 3) - 1;
    }

    /// @notice Counts a vote. Votes for the same result multiply: agreement beats numbers.
    function add(uint256[] memory tally, uint256 group, uint256 weight) internal pure {
        tally[group] = (tally[group] == 0 ? 1 : tally[group]) * weight;
    }

    /// @notice One plus the weight of every group, so that no group ever holds all of it.
    function total(uint256[] memory tally) internal pure returns (uint256 sum) {
        sum = 1;
        for (uint256 i = 0; i < tally.length; ++i) {
            sum += tally[i];
        }
    }

    /// @notice Whether a wrong `group` would now be less likely than 1 in `trust`.
    function reached(uint256[] memory tally, uint256 group, uint256 trust)
        internal
        pure
        returns (bool)
    {
        return tally[group] * trust > total(tally) * (trust - 1);
    }
}
