// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Task} from "./Records.sol";

/// @title Batches
/// @notice Many tasks of a bag settled as one: a slice.
/// @dev A slice is a task that stands for `count` consecutive tasks. Its id goes where a task id goes
/// in `contribute`, `reveal`, `finalize`, `reopen`, `claim`, `contributeAndFinalize` and the views;
/// its digest is the Merkle root of (index, digest) pairs, paired with a leaf of the results where the
/// deal binds those; price and stakes are `count` times those of one task. See `docs/concepts/batches.md`.
interface Batches {
    event SliceOpened(
        bytes32 indexed dealid, bytes32 indexed sliceid, uint256 first, uint256 count
    );
    /// @notice The task `idx` left the slice, which was replaced by what is before and after it.
    event SliceCarved(bytes32 indexed dealid, bytes32 indexed sliceid, uint256 idx);
    /// @notice The result of one task of a settled slice was shown to be part of it.
    event ResultProved(bytes32 indexed taskid, bytes32 indexed sliceid, bytes32 digest);

    error EmptySlice();
    /// @notice A bag of one task needs no slice.
    error SingleTask(bytes32 dealid);
    /// @notice Slices are taken from the front of a bag, before any task is opened alone or carved.
    error NotAtTheFront(uint256 opened, uint256 sliced);
    /// @notice No slice of the deal covers the index.
    error NotInASlice(bytes32 dealid, uint256 idx);
    error ProofRefused(bytes32 root, bytes32 leaf);
    error ContributionRefused(address worker);

    /// @notice One vote, signed by a worker for somebody else to send.
    struct SignedContribution {
        bytes32 taskid;
        address worker;
        bytes32 resultHash;
        bytes32 resultSeal;
        address enclaveChallenge;
        bytes enclaveSign;
        bytes authorizationSign;
        /// By the worker, EIP-191 over keccak(chain id, hub, taskid, hash, seal, enclave).
        bytes workerSign;
    }

    /// @notice The scheduler takes the next `count` tasks of the bag as one slice.
    function openSlice(bytes32 dealid, uint256 count) external returns (bytes32 sliceid);

    /// @notice The scheduler gives up agreement on `idx` (absolute): its votes are void, the task can
    /// be initialized alone and the rest is two new slices. Stakes go back, but those of workers who
    /// agreed to a result and hid it.
    /// @dev Only while the slice takes contributions.
    function carve(bytes32 dealid, uint256 idx) external;

    /// @notice Shows that `digest` is the result of task `idx` in a settled slice. By anyone.
    /// @param proof Sibling hashes from the leaf keccak(keccak(idx, digest)) to the root, pairs
    /// sorted.
    function proveResult(bytes32 dealid, uint256 idx, bytes32 digest, bytes32[] calldata proof)
        external;

    /// @notice The same for a deal with a callback: also delivers the bytes behind the digest.
    function proveResultWithCallback(
        bytes32 dealid,
        uint256 idx,
        bytes calldata resultsCallback,
        bytes32[] calldata proof
    ) external;

    /// @notice Sends votes of many workers at once. All or nothing.
    function contributeSigned(SignedContribution[] calldata contributions) external;

    /// @notice Reveals for workers: a digest opens a vote whoever shows it.
    function revealFor(bytes32 taskid, address[] calldata workers, bytes32 resultDigest) external;

    /// @notice The slice that covers the index, or 0.
    function sliceOf(bytes32 dealid, uint256 idx) external view returns (bytes32 sliceid);

    /// @notice Task `idx` as it stands: its own, or what its slice says of it. Its digest is known
    /// once it was proved.
    function viewTaskAt(bytes32 dealid, uint256 idx) external view returns (Task memory);
}
