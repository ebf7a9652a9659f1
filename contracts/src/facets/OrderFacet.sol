// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {OrderManagement, Relay} from "../interfaces/OrderManagement.sol";
import {
    AppOrder,
    AppOrderOperation,
    DatasetOrder,
    DatasetOrderOperation,
    OrderOperationEnum,
    RequestOrder,
    RequestOrderOperation,
    WorkerpoolOrder,
    WorkerpoolOrderOperation
} from "../interfaces/Orders.sol";
import {Owned} from "../interfaces/Outside.sol";
import {Order} from "../libraries/Order.sol";
import {Reason} from "../libraries/Reason.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";

/// @title OrderFacet
/// @notice Orders signed, closed, revoked and broadcast on chain.
abstract contract OrderFacet is OrderManagement, Relay {
    /// @inheritdoc OrderManagement
    function manageAppOrder(AppOrderOperation calldata operation) external {
        address owner = Owned(operation.order.app).owner();
        bytes32 domain = Order.separator();
        _requireBy(owner, Order.digest(domain, Order.hash(operation)), operation.sign);
        bytes32 hash = Order.digest(domain, Order.hash(operation.order));
        if (_apply(operation.operation, hash, owner, operation.order.volume)) {
            emit SignedAppOrder(hash);
        } else {
            emit ClosedAppOrder(hash);
        }
    }

    /// @inheritdoc OrderManagement
    function manageDatasetOrder(DatasetOrderOperation calldata operation) external {
        address owner = Owned(operation.order.dataset).owner();
        bytes32 domain = Order.separator();
        _requireBy(owner, Order.digest(domain, Order.hash(operation)), operation.sign);
        bytes32 hash = Order.digest(domain, Order.hash(operation.order));
        if (_apply(operation.operation, hash, owner, operation.order.volume)) {
            emit SignedDatasetOrder(hash);
        } else {
            emit ClosedDatasetOrder(hash);
        }
    }

    /// @inheritdoc OrderManagement
    function manageWorkerpoolOrder(WorkerpoolOrderOperation calldata operation) external {
        address owner = Owned(operation.order.workerpool).owner();
        bytes32 domain = Order.separator();
        _requireBy(owner, Order.digest(domain, Order.hash(operation)), operation.sign);
        bytes32 hash = Order.digest(domain, Order.hash(operation.order));
        if (_apply(operation.operation, hash, owner, operation.order.volume)) {
            emit SignedWorkerpoolOrder(hash);
        } else {
            emit ClosedWorkerpoolOrder(hash);
        }
    }

    /// @inheritdoc OrderManagement
    function manageRequestOrder(RequestOrderOperation calldata operation) external {
        address owner = operation.order.requester;
        bytes32 domain = Order.separator();
        _requireBy(owner, Order.digest(domain, Order.hash(operation)), operation.sign);
        bytes32 hash = Order.digest(domain, Order.hash(operation.order));
        if (_apply(operation.operation, hash, owner, operation.order.volume)) {
            emit SignedRequestOrder(hash);
        } else {
            emit ClosedRequestOrder(hash);
        }
    }

    /// @inheritdoc OrderManagement
    function revokeAllOrders() external returns (uint256 epoch) {
        Store.Wallet storage wallet = Store.hub().wallet[msg.sender];
        wallet.funds = wallet.funds.withNextEpoch();
        epoch = wallet.funds.epoch();
        emit OrdersRevoked(msg.sender, epoch);
    }

    /// @inheritdoc OrderManagement
    function viewEpoch(address owner) external view returns (uint256) {
        return Store.hub().wallet[owner].funds.epoch();
    }

    /// @inheritdoc Relay
    function broadcastAppOrder(AppOrder calldata apporder) external {
        emit BroadcastAppOrder(apporder);
    }

    /// @inheritdoc Relay
    function broadcastDatasetOrder(DatasetOrder calldata datasetorder) external {
        emit BroadcastDatasetOrder(datasetorder);
    }

    /// @inheritdoc Relay
    function broadcastWorkerpoolOrder(WorkerpoolOrder calldata workerpoolorder) external {
        emit BroadcastWorkerpoolOrder(workerpoolorder);
    }

    /// @inheritdoc Relay
    function broadcastRequestOrder(RequestOrder calldata requestorder) external {
        emit BroadcastRequestOrder(requestorder);
    }

    function _requireBy(address owner, bytes32 operationHash, bytes calldata sign) private view {
        require(
            owner != address(0) && (msg.sender == owner || _verify(owner, operationHash, sign)),
            Reason.INVALID_SENDER
        );
    }

    /// @dev A signature of a length no key makes is simply not the owner's.
    function _verify(address owner, bytes32 hash, bytes calldata sign) private view returns (bool) {
        return Signature.presigned(owner, hash) || Signature.verify(owner, hash, sign);
    }

    /// @return signed True if the order was signed, false if it was closed.
    function _apply(OrderOperationEnum operation, bytes32 hash, address owner, uint256 volume)
        private
        returns (bool signed)
    {
        signed = operation == OrderOperationEnum.SIGN;
        if (signed) Store.hub().presigned[hash] = owner;
        else Store.hub().consumed[hash] = volume;
    }
}
