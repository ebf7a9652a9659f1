// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AppOrder,
    AppOrderOperation,
    DatasetOrder,
    DatasetOrderOperation,
    RequestOrder,
    RequestOrderOperation,
    WorkerpoolOrder,
    WorkerpoolOrderOperation
} from "./Orders.sol";

/// @title OrderManagement
/// @notice Signing and closing orders on chain, and broadcasting them.
/// @dev Closing cannot be undone, and is the way to undo a signature made here.
interface OrderManagement {
    event SignedAppOrder(bytes32 appHash);
    event SignedDatasetOrder(bytes32 datasetHash);
    event SignedWorkerpoolOrder(bytes32 workerpoolHash);
    event SignedRequestOrder(bytes32 requestHash);
    event ClosedAppOrder(bytes32 appHash);
    event ClosedDatasetOrder(bytes32 datasetHash);
    event ClosedWorkerpoolOrder(bytes32 workerpoolHash);
    event ClosedRequestOrder(bytes32 requestHash);
    /// @notice From now on only orders whose salt names `epoch` count for `owner`.
    event OrdersRevoked(address indexed owner, uint256 epoch);

    /// @notice Signs or closes the order, as the owner of its app or with the owner's signature.
    /// @dev Anyone else: `invalid-sender-or-signature`.
    function manageAppOrder(AppOrderOperation calldata operation) external;
    function manageDatasetOrder(DatasetOrderOperation calldata operation) external;
    function manageWorkerpoolOrder(WorkerpoolOrderOperation calldata operation) external;
    function manageRequestOrder(RequestOrderOperation calldata operation) external;

    /// @notice Revokes every order the caller ever signed, at once.
    /// @dev Orders of the new epoch must name it in their salt (see `libraries/Salt.sol`): plain
    /// salts belong to epoch 0 and stay dead for this account.
    /// @return epoch The epoch that counts from now on.
    function revokeAllOrders() external returns (uint256 epoch);

    /// @notice The epoch the orders of `owner` must belong to; 0 until the first revocation.
    function viewEpoch(address owner) external view returns (uint256);
}

/// @title Relay
/// @notice Publishes orders in the log. Nothing is checked: readers must verify what they find.
interface Relay {
    event BroadcastAppOrder(AppOrder apporder);
    event BroadcastDatasetOrder(DatasetOrder datasetorder);
    event BroadcastWorkerpoolOrder(WorkerpoolOrder workerpoolorder);
    event BroadcastRequestOrder(RequestOrder requestorder);

    function broadcastAppOrder(AppOrder calldata apporder) external;
    function broadcastDatasetOrder(DatasetOrder calldata datasetorder) external;
    function broadcastWorkerpoolOrder(WorkerpoolOrder calldata workerpoolorder) external;
    function broadcastRequestOrder(RequestOrder calldata requestorder) external;
}
