// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DatasetOrder} from "./Orders.sol";

/// @title Bulk
/// @notice Datasets used by the tasks of a deal that was matched without one.
/// @dev See `docs/concepts/bulk.md`. What is used is a list of (task, dataset order); the requester
/// says which by the root of a Merkle tree, and each use is counted and paid on chain when it is
/// taken, by whoever wants to be sure of it. Free orders of endless volume need none of this.
interface Bulk {
    /// @notice The requester of the deal agrees to the uses under `root`, at the prices of the orders.
    event BulkOpened(bytes32 indexed dealid, bytes32 root);
    /// @notice Task `taskid` uses the dataset once; its price is locked from the requester.
    event DatasetTaken(
        bytes32 indexed taskid, bytes32 indexed orderHash, address indexed dataset, uint256 price
    );
    /// @notice The task ended: the dataset's owner was paid, or the requester refunded.
    event DatasetSettled(bytes32 indexed taskid, bytes32 indexed orderHash, bool paid);

    /// @notice The dataset order may not be used with the deal; `reason` is one fixed sentence.
    error IncompatibleDatasetOrder(string reason);
    /// @notice The task has taken this dataset order already.
    error DatasetAlreadyTaken(bytes32 taskid, bytes32 orderHash);
    /// @notice The task never took this dataset order, or it was settled.
    error DatasetNotTaken(bytes32 taskid, bytes32 orderHash);

    /// @notice One task (absolute index) using one dataset order, and the path from the leaf
    /// keccak(keccak(idx, order hash)) to the root, pairs sorted.
    struct Use {
        uint256 idx;
        DatasetOrder order;
        bytes32[] proof;
    }

    /// @notice The requester agrees to what its tasks will use. Another root replaces the one before.
    function openBulk(bytes32 dealid, bytes32 root) external;

    /// @notice Takes datasets for tasks that have not ended, by anyone. Each takes one from the
    /// order's volume and locks its price from the requester's account. All or nothing.
    /// @dev Who keeps the dataset's secret should release it for what `viewUse` says was taken.
    function takeDatasets(bytes32 dealid, Use[] calldata uses) external;

    /// @notice Pays the owners of what a completed task took; of a failed one, refunds the requester.
    /// By anyone.
    function settleDatasets(bytes32 dealid, uint256 idx, bytes32[] calldata orderHashes) external;

    /// @notice Who will be paid, and how much, for the use of the order by the task; 0 if it was not
    /// taken, or settled.
    function viewUse(bytes32 taskid, bytes32 orderHash)
        external
        view
        returns (address owner, uint256 price);

    /// @notice Reverts unless the dataset order could be used with a deal matched without dataset.
    /// @dev Registration and price are not looked at. Nothing is consumed.
    function assertDatasetDealCompatibility(DatasetOrder calldata datasetOrder, bytes32 dealId)
        external
        view;
}
