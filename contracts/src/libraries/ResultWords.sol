// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Ballots} from "./Ballots.sol";
import {Opening} from "./Opening.sol";
import {Store} from "./Store.sol";
import {TaskFacts} from "./TaskWord.sol";

/// @title ResultWords
/// @notice Short results of a voted task, kept in storage the task already has.
/// @dev The seal of a proved vote follows from the digest: its slot takes the first words of the
/// results (5,000 gas instead of 22,100), new slots the rest. A record would cost 47,000.
library ResultWords {
    /// @notice Whether results this long are kept here.
    function fit(uint256 length) internal pure returns (bool) {
        return length <= 32 * Store.MAX_RESULT_WORDS;
    }

    /// @dev `rest` is the results without their opening.
    function save(
        Store.Ballot storage ballot,
        TaskFacts memory task,
        Ballots.Outcome memory outcome,
        bytes calldata rest
    ) internal {
        task.words = rest.length + 1;
        uint256 seat;
        for (uint256 at = 0; at < rest.length; at += 32) {
            bytes32 word;
            // Past the end of the results lies other calldata: `load` cuts it off.
            assembly ("memory-safe") {
                word := calldataload(add(rest.offset, at))
            }
            seat = _next(outcome, task, seat);
            if (seat < outcome.votes.length) ballot.seals[seat++] = word;
            else ballot.results[at / 32] = word;
        }
    }

    function load(
        Store.Ballot storage ballot,
        TaskFacts memory task,
        Ballots.Outcome memory outcome
    ) internal view returns (bytes memory) {
        bytes memory rest = new bytes(task.words - 1);
        uint256 seat;
        for (uint256 at = 0; at < rest.length; at += 32) {
            seat = _next(outcome, task, seat);
            bytes32 word =
                seat < outcome.votes.length ? ballot.seals[seat++] : ballot.results[at / 32];
            for (uint256 i = at; i < rest.length && i < at + 32; ++i) {
                rest[i] = word[i - at];
            }
        }
        return Opening.restore(task.opening, rest);
    }

    /// @dev The first proved vote from `seat` on, or the number of votes.
    function _next(Ballots.Outcome memory outcome, TaskFacts memory task, uint256 seat)
        private
        pure
        returns (uint256)
    {
        while (seat < outcome.votes.length && !Ballots.isProved(outcome, task, seat)) ++seat;
        return seat;
    }
}
