// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TaskStatusEnum} from "../interfaces/Records.sol";

/// @title TaskState
/// @notice Why a call on a task cannot be made, and the ids and commitments of tasks.
library TaskState {
    error UnknownDeal(bytes32 dealid);
    /// @notice The untouched tasks of this deal have been refunded.
    error DealIsClosed(bytes32 dealid);
    error NothingUntouched(bytes32 dealid);
    /// @notice A slice of the bag settles this task.
    error InASlice(bytes32 dealid, uint256 idx);
    error IndexOutOfBag(uint256 idx, uint256 botFirst, uint256 botSize);
    /// @notice The task is in `actual`; UNSET also says that nobody initialized it.
    error WrongStatus(TaskStatusEnum actual);
    error DeadlineReached(uint256 deadline);
    error DeadlineNotReached(uint256 deadline);
    error AlreadyContributed(address worker);
    error NotAContributor(address worker);
    error TooManyContributors(uint256 limit);
    /// @notice The task was contributed to, or asks for more than one worker.
    error NotSingleWorker(uint256 trust, uint256 contributors);
    error EnclaveRequired(bytes32 tag);
    error AuthorizationRefused(address expectedSigner);
    error EnclaveSignatureRefused(address enclaveChallenge);
    /// @notice The caller's vote is not for the agreed result.
    error NotInConsensus(bytes32 contributed, bytes32 consensus);
    error AlreadyRevealed(address worker);
    error WrongDigest(bytes32 hashOfDigest, bytes32 contributed);
    error WrongSeal(bytes32 sealOfDigest, bytes32 contributed);
    error RevealsMissing(uint256 revealed, uint256 winners, uint256 deadline);
    /// @notice Nothing to reopen: those who revealed carry the asked trust.
    error StillCredible();
    error NotAllowed(address caller);
    /// @notice The bytes for the callback do not hash to the digest.
    error CallbackNotBound(bytes32 digest);
    /// @notice The results do not hash to the digest, as this deal or this caller requires.
    error ResultsNotBound(bytes32 digest);
    error LengthMismatch(uint256 left, uint256 right);

    function id(bytes32 dealid, uint256 idx) internal pure returns (bytes32) {
        return _hash(dealid, bytes32(idx));
    }

    /// @notice The public half of a vote: equal for all who agree.
    function resultHash(bytes32 taskid, bytes32 digest) internal pure returns (bytes32) {
        return _hash(taskid, digest);
    }

    /// @notice The private half of a vote: only who knows the digest can make it.
    function resultSeal(address worker, bytes32 taskid, bytes32 digest)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(worker, taskid, digest));
    }

    function requireStatus(TaskStatusEnum actual, TaskStatusEnum wanted) internal pure {
        if (actual != wanted) revert WrongStatus(actual);
    }

    function requireBefore(uint256 deadline) internal view {
        if (block.timestamp >= deadline) revert DeadlineReached(deadline);
    }

    function requireAfter(uint256 deadline) internal view {
        if (block.timestamp < deadline) revert DeadlineNotReached(deadline);
    }

    function _hash(bytes32 left, bytes32 right) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            result := keccak256(0x00, 0x40)
        }
    }
}
