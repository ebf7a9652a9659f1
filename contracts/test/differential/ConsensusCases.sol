// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Consensus} from "../../src/libraries/Consensus.sol";
import {Cases} from "./Cases.sol";

/// @dev Bytes: trust (4), number of votes, then for each vote its group and its voter's score (3).
/// Answer: bit i says whether the group of vote i is credible right after it; above them the low 192
/// bits of the final total. Overflow: all ones.
contract ConsensusCases is Cases {
    function _answer(bytes calldata choices, uint256) internal view override returns (uint256) {
        try this.count(choices) returns (uint256 counted) {
            return counted;
        } catch {
            return type(uint256).max;
        }
    }

    function count(bytes calldata choices) external pure returns (uint256 counted) {
        uint256 trust = 1 + uint256(uint32(bytes4(choices[0:4])));
        uint256 votes = uint8(choices[4]) % 33;
        uint256[] memory tally = new uint256[](4);
        for (uint256 i = 0; i < votes; ++i) {
            bytes calldata vote = choices[5 + 4 * i:9 + 4 * i];
            uint256 group = uint8(vote[0]) % 4;
            Consensus.add(tally, group, Consensus.weightOf(uint24(bytes3(vote[1:4]))));
            if (Consensus.reached(tally, group, trust)) counted |= 1 << i;
        }
        counted |= Consensus.total(tally) << 64;
    }
}
