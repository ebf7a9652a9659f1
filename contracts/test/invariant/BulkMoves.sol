// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Bulk} from "../../src/interfaces/Bulk.sol";
import {
    DatasetOrder,
    DatasetOrderOperation,
    OrderOperationEnum
} from "../../src/interfaces/Orders.sol";
import {Tree} from "../support/Tree.sol";
import {vm} from "../support/Vm.sol";
import {ContestMoves} from "./ContestMoves.sol";

/// @dev Datasets that tasks use without their deal naming one.
abstract contract BulkMoves is ContestMoves {
    struct UseBook {
        bytes32 dealid;
        uint256 idx;
        bytes32 hash;
        uint256 price;
    }

    DatasetOrder[] private _shelf;
    UseBook[] private _uses;
    /// 1 more than the place on the shelf of the order that the requester agreed to.
    mapping(bytes32 dealid => uint256) private _agreed;
    mapping(bytes32 hash => uint256) private _taken;
    mapping(bytes32 hash => bool) private _revoked;

    /// @dev The requester agrees that each of its tasks uses an order, maybe one that others use too.
    function openBulk(uint256 dice) external {
        _agree(_withoutDataset(dice), dice);
        _audit();
    }

    /// @dev By anybody.
    function takeDatasets(uint256 dice) external {
        bytes32 dealid = _withoutDataset(dice);
        if (_agreed[dealid] == 0) _agree(dealid, dice);
        DealBook storage deal = deals[dealid];
        DatasetOrder memory order = _shelf[_agreed[dealid] - 1];
        uint256 idx = (dice >> 128) % deal.size;
        if ((dice >> 144) % 4 == 0) _askForMore(dealid, idx, order);
        Bulk.Use[] memory all = _use(dealid, idx, order);
        hub.takeDatasets(dealid, all);
        bytes32 hash = hashOf(order);
        _must(fates[dealid][idx] == Fate.Open, "a task that ended took a dataset");
        _must(++_taken[hash] <= order.volume, "a dataset was used beyond its volume");
        _must(!_revoked[hash], "a revoked dataset was used");
        due[deal.requester] += order.datasetprice;
        _uses.push(UseBook(dealid, idx, hash, order.datasetprice));
        _refused(
            stranger, abi.encodeCall(hub.takeDatasets, (dealid, all)), "a task took a dataset twice"
        );
        _audit();
    }

    function settleDatasets(uint256 dice) external {
        uint256 at = dice % _uses.length;
        UseBook memory use = _uses[at];
        if (fates[use.dealid][use.idx] == Fate.Open) {
            _refused(datasetOwner, _settling(use), "a dataset was paid before its task");
        } else {
            _settleUse(at);
        }
        _audit();
    }

    function revokeDataset(uint256 dice) external {
        DatasetOrder memory order = _shelf[dice % _shelf.length];
        vm.prank(datasetOwner);
        hub.manageDatasetOrder(DatasetOrderOperation(order, OrderOperationEnum.CLOSE, ""));
        _revoked[hashOf(order)] = true;
        _audit();
    }

    function _settleUses() internal {
        while (_uses.length > 0) _settleUse(_uses.length - 1);
        _audit();
    }

    function _settleUse(uint256 at) private {
        UseBook memory use = _uses[at];
        address payer = deals[use.dealid].requester;
        hub.settleDatasets(use.dealid, use.idx, _only(use.hash));
        due[payer] -= use.price;
        if (fates[use.dealid][use.idx] == Fate.Paid) {
            change[payer] -= int256(use.price);
            change[datasetOwner] += int256(use.price);
        }
        _refused(datasetOwner, _settling(use), "a dataset was paid twice");
        _uses[at] = _uses[_uses.length - 1];
        _uses.pop();
    }

    function _agree(bytes32 dealid, uint256 dice) private {
        bool another = _shelf.length == 0 || (dice >> 136) % 2 == 0;
        if (another) _shelf.push(_offer(dice));
        uint256 place = another ? _shelf.length : 1 + (dice >> 144) % _shelf.length;
        bytes32 root = Tree.root(_leavesOf(dealid, hashOf(_shelf[place - 1])));
        bytes memory call_ = abi.encodeCall(hub.openBulk, (dealid, root));
        _refused(scheduler, call_, "a requester agreed through another");
        vm.prank(deals[dealid].requester);
        hub.openBulk(dealid, root);
        _agreed[dealid] = place;
    }

    function _offer(uint256 dice) private returns (DatasetOrder memory order) {
        order.dataset = dataset;
        order.datasetprice = (dice >> 152) % 4 == 0 ? 0 : (dice >> 160) % (4 * DATASET_PRICE);
        order.volume = 1 + (dice >> 224) % 6;
        order.salt = salt();
        order.sign = sign(DATASET_KEY, hashOf(order));
    }

    /// @dev The owner of the data asks for another price than the one that was agreed to.
    function _askForMore(bytes32 dealid, uint256 idx, DatasetOrder memory order) private {
        Bulk.Use[] memory all = _use(dealid, idx, order);
        DatasetOrder memory dear = abi.decode(abi.encode(order), (DatasetOrder));
        ++dear.datasetprice;
        dear.sign = sign(DATASET_KEY, hashOf(dear));
        all[0].order = dear;
        bytes memory call_ = abi.encodeCall(hub.takeDatasets, (dealid, all));
        _refused(datasetOwner, call_, "a dataset was taken at another price");
    }

    function _use(bytes32 dealid, uint256 idx, DatasetOrder memory order)
        private
        view
        returns (Bulk.Use[] memory all)
    {
        all = new Bulk.Use[](1);
        all[0] = Bulk.Use(idx, order, Tree.proof(_leavesOf(dealid, hashOf(order)), idx));
    }

    function _leavesOf(bytes32 dealid, bytes32 hash)
        private
        view
        returns (bytes32[] memory leaves)
    {
        leaves = new bytes32[](deals[dealid].size);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = Tree.leaf(i, hash);
        }
    }

    function _settling(UseBook memory use) private view returns (bytes memory) {
        return abi.encodeCall(hub.settleDatasets, (use.dealid, use.idx, _only(use.hash)));
    }

    function _only(bytes32 hash) private pure returns (bytes32[] memory one) {
        one = new bytes32[](1);
        one[0] = hash;
    }

    /// @dev A classic deal that names no dataset.
    function _withoutDataset(uint256 dice) private returns (bytes32) {
        for (uint256 i = 0; i < live.length; ++i) {
            bytes32 dealid = live[(dice % live.length + i) % live.length];
            if (!deals[dealid].boost && deals[dealid].dataPrice == 0) return dealid;
        }
        return _match(dice | uint256(1) << 64, false);
    }
}
