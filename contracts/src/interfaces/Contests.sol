// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Contests
/// @notice A result that was revealed can be doubted before it is paid, where the deal's tag (bit 33)
/// allows for it: even a single worker's.
/// @dev See `docs/concepts/contests.md`. Each worker of such a deal stakes at least five times the
/// workerpool price; what the pool's policy asks for if that is more.
interface Contests {
    /// @notice Somebody doubts the revealed result of the task: it takes votes again (`TaskReopen`).
    event ResultContested(bytes32 indexed taskid, address indexed challenger, uint256 bond);

    /// @notice Results of this deal can be contested: none is paid in the transaction that brings it.
    error Contestable(bytes32 tag);
    /// @notice Results of this deal cannot be contested, this one was already, or no bond answers
    /// for it because it is free.
    error NotContestable(bytes32 tag);

    /// @notice Doubts the result of a task or a slice. Anyone, as soon as a vote was revealed and
    /// until 2T after the reveal deadline; once for each task.
    /// @dev Locks a bond as high as a worker's stake. The votes stay, the task takes others, and its
    /// clock starts anew. The trust it takes is four times the weight of the contested votes. When
    /// the task is finalized with another result, the challenger has its bond back and a fifth of
    /// one in addition; with the same result, the bond is the workers'. When it is not finalized in
    /// time, the bond goes back.
    function contest(bytes32 taskid) external;
}
