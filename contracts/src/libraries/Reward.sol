// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Store} from "./Store.sol";

/// @title Reward
/// @notice Who earns what of a finished task. Amounts in nRLC, rounded down; the workerpool owner
/// gets what rounding leaves.
/// @dev Mirrored off chain by `packages/protocol/src/payment.ts`.
library Reward {
    uint256 internal constant NO_CAP = type(uint16).max;
    uint256 private constant FINDERS_PART = 5;

    /// @notice What the workerpool owner risks on one task of this price.
    function poolStake(uint256 workerpoolPrice) internal pure returns (uint256) {
        return workerpoolPrice * Store.POOL_STAKE_PERCENT / 100;
    }

    /// @notice What the kitty adds to a task: a tenth of it, at least one RLC, but not more than it
    /// holds nor than `capPercent` of the task's price. A free task draws nothing.
    function fromKitty(uint256 kitty, uint256 capPercent, uint256 workerpoolPrice)
        internal
        pure
        returns (uint256 drawn)
    {
        drawn = kitty * Store.KITTY_PERCENT / 100;
        if (drawn < Store.KITTY_MIN) drawn = Store.KITTY_MIN;
        if (drawn > kitty) drawn = kitty;
        if (capPercent == NO_CAP) return drawn;
        uint256 cap = workerpoolPrice * capPercent / 100;
        if (drawn > cap) drawn = cap;
    }

    /// @notice The part of `pot` that goes to workers when the scheduler takes `schedulerPercent`.
    function forWorkers(uint256 pot, uint256 schedulerPercent) internal pure returns (uint256) {
        return pot * (100 - schedulerPercent) / 100;
    }

    /// @notice What a worker gets of what workers share. Parts are logarithms of weights, so that ten
    /// times the weight is not ten times the pay.
    function share(uint256 amount, uint256 part, uint256 sumOfParts)
        internal
        pure
        returns (uint256)
    {
        return amount * part / sumOfParts;
    }

    /// @notice What who found a wrong result gets of one bond; the rest is for those who showed it.
    function forFinder(uint256 bond) internal pure returns (uint256) {
        return bond / FINDERS_PART;
    }

    /// @notice floor(log2(weight)), for a weight of at least 1.
    function logWeight(uint256 weight) internal pure returns (uint256 log) {
        while (weight > 1) {
            weight >>= 1;
            ++log;
        }
    }

    /// @notice The score after an error: a third is lost.
    function penalized(uint256 score) internal pure returns (uint256) {
        return score * 2 / 3;
    }
}
