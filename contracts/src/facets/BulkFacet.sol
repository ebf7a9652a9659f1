// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Batches} from "../interfaces/Batches.sol";
import {Bulk} from "../interfaces/Bulk.sol";
import {DatasetOrder} from "../interfaces/Orders.sol";
import {TaskStatusEnum} from "../interfaces/Records.sol";
import {Batch} from "../libraries/Batch.sol";
import {BoostBook} from "../libraries/BoostBook.sol";
import {BulkBook} from "../libraries/BulkBook.sol";
import {Course} from "../libraries/Course.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Match} from "../libraries/Match.sol";
import {Order} from "../libraries/Order.sol";
import {Salt} from "../libraries/Salt.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";
import {Tag} from "../libraries/Tag.sol";
import {TaskState} from "../libraries/TaskState.sol";

/// @title BulkFacet
/// @notice Datasets that tasks use without their deal naming one: agreed to, counted, paid.
abstract contract BulkFacet is Bulk {
    using DealRecord for DealRecord.Terms;

    /// @inheritdoc Bulk
    function openBulk(bytes32 dealid, bytes32 root) external {
        DealRecord.Terms memory deal = _termsOf(dealid);
        if (msg.sender != deal.requester) revert TaskState.NotAllowed(msg.sender);
        _demand(deal.dataset == address(0), "Deal already has a dataset");
        BulkBook.book().root[dealid] = root;
        emit BulkOpened(dealid, root);
    }

    /// @inheritdoc Bulk
    function takeDatasets(bytes32 dealid, Use[] calldata uses) external {
        DealRecord.Terms memory deal = _termsOf(dealid);
        bytes32 root = BulkBook.book().root[dealid];
        bytes32 domain = Order.separator();
        for (uint256 i = 0; i < uses.length; ++i) {
            _take(dealid, deal, root, Order.digest(domain, Order.hash(uses[i].order)), uses[i]);
        }
    }

    /// @inheritdoc Bulk
    function settleDatasets(bytes32 dealid, uint256 idx, bytes32[] calldata orderHashes) external {
        DealRecord.Terms memory deal = _termsOf(dealid);
        TaskStatusEnum status = _statusOf(dealid, deal, idx);
        bool paid = status == TaskStatusEnum.COMPLETED;
        if (!paid) TaskState.requireStatus(status, TaskStatusEnum.FAILED);
        bytes32 taskid = TaskState.id(dealid, idx);
        for (uint256 i = 0; i < orderHashes.length; ++i) {
            bytes32 hash = orderHashes[i];
            BulkBook.Taken memory taken = BulkBook.book().taken[taskid][hash];
            if (taken.owner == address(0)) revert DatasetNotTaken(taskid, hash);
            delete BulkBook.book().taken[taskid][hash];
            emit DatasetSettled(taskid, hash, paid);
            if (paid) {
                Escrow.seize(deal.requester, taken.price, taskid);
                Escrow.reward(taken.owner, taken.price, taskid);
            } else {
                Escrow.unlock(deal.requester, taken.price);
            }
        }
    }

    /// @inheritdoc Bulk
    function viewUse(bytes32 taskid, bytes32 orderHash) external view returns (address, uint256) {
        BulkBook.Taken memory taken = BulkBook.book().taken[taskid][orderHash];
        return (taken.owner, taken.price);
    }

    /// @inheritdoc Bulk
    function assertDatasetDealCompatibility(DatasetOrder calldata datasetOrder, bytes32 dealId)
        external
        view
    {
        bytes32 hash = Order.digest(Order.separator(), Order.hash(datasetOrder));
        _requireUsable(datasetOrder, hash);
        address record = Store.hub().deal[dealId].record;
        _demand(record != address(0), "Deal not found");
        _requireCompatible(datasetOrder, DealRecord.load(record));
    }

    /// @dev What was not agreed to by the requester is not under the root: nor is its price.
    function _take(
        bytes32 dealid,
        DealRecord.Terms memory deal,
        bytes32 root,
        bytes32 hash,
        Use calldata use
    ) private {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(use.idx, hash))));
        if (root == 0 || !MerkleProof.verifyCalldata(use.proof, root, leaf)) {
            revert Batches.ProofRefused(root, leaf);
        }
        TaskStatusEnum status = _statusOf(dealid, deal, use.idx);
        // What has ended used nothing any more.
        if (status >= TaskStatusEnum.COMPLETED) revert TaskState.WrongStatus(status);
        bytes32 taskid = TaskState.id(dealid, use.idx);
        if (BulkBook.book().taken[taskid][hash].owner != address(0)) {
            revert DatasetAlreadyTaken(taskid, hash);
        }

        address owner = _requireUsable(use.order, hash);
        Salt.check(use.order.salt, hash, Store.hub().wallet[owner].funds.epoch());
        _requireCompatible(use.order, deal);
        uint256 price = use.order.datasetprice;
        if (price > type(uint96).max) revert BoostBook.SafeCastOverflowedUintDowncast(96, price);
        BulkBook.book().taken[taskid][hash] = BulkBook.Taken(owner, uint96(price));
        Store.hub().consumed[hash] += 1;
        Escrow.lock(deal.requester, price);
        emit DatasetTaken(taskid, hash, use.order.dataset, price);
    }

    function _termsOf(bytes32 dealid) private view returns (DealRecord.Terms memory) {
        address record = Store.hub().deal[dealid].record;
        if (record == address(0)) revert TaskState.UnknownDeal(dealid);
        return DealRecord.load(record);
    }

    /// @dev Of the task, or the slice that stands for it; what was never begun failed once the deal
    /// was closed.
    function _statusOf(bytes32 dealid, DealRecord.Terms memory deal, uint256 idx)
        private
        view
        returns (TaskStatusEnum status)
    {
        if (idx < deal.botFirst || idx - deal.botFirst >= deal.botSize) {
            revert TaskState.IndexOutOfBag(idx, deal.botFirst, deal.botSize);
        }
        status = Store.hub().task[TaskState.id(dealid, idx)].status();
        if (status != TaskStatusEnum.UNSET) return status;
        (bool found, uint256 at) = Batch.find(dealid, idx - deal.botFirst);
        if (found) {
            Batch.Slice memory slice = Batch.book().slices[dealid][at];
            return Store.hub().task[Batch.id(dealid, slice.first, slice.count)].status();
        }
        if (Store.hub().deal[dealid].closed) return TaskStatusEnum.FAILED;
    }

    function _requireUsable(DatasetOrder calldata order, bytes32 hash)
        private
        view
        returns (address owner)
    {
        _demand(Order.consumed(hash) < order.volume, "Dataset order is revoked or fully consumed");
        owner = Match.ownerOf(Store.hub().datasetRegistry, order.dataset);
        _demand(Signature.approves(owner, hash, order.sign), "Invalid dataset order signature");
    }

    function _requireCompatible(DatasetOrder calldata order, DealRecord.Terms memory deal)
        private
        view
    {
        _demand(deal.dataset == address(0), "Deal already has a dataset");
        _demand(Match.accepts(order.apprestrict, deal.app), "App restriction not satisfied");
        _demand(
            Match.accepts(order.workerpoolrestrict, deal.workerpool),
            "Workerpool restriction not satisfied"
        );
        _demand(
            Match.accepts(order.requesterrestrict, deal.requester),
            "Requester restriction not satisfied"
        );
        _demand(
            Tag.covers(deal.tag, Tag.required(0, order.tag, 0)), "Tag compatibility not satisfied"
        );
    }

    function _demand(bool holds, string memory reason) private pure {
        if (!holds) revert IncompatibleDatasetOrder(reason);
    }
}
