// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {Bulk} from "../../src/interfaces/Bulk.sol";
import {
    DatasetOrder,
    DatasetOrderOperation,
    OrderOperationEnum
} from "../../src/interfaces/Orders.sol";
import {TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {BoostBook} from "../../src/libraries/BoostBook.sol";
import {Salt} from "../../src/libraries/Salt.sol";
import {TaskState} from "../../src/libraries/TaskState.sol";
import {Base} from "../support/Base.t.sol";
import {Tree} from "../support/Tree.sol";
import {vm} from "../support/Vm.sol";

/// @dev 14.30. Naive: datasets used in bulk are looked at by a view; nothing is counted, paid or
/// revoked on chain.
contract BulkAttacksTest is Base {
    bytes32 private constant DIGEST = keccak256("result");

    /// @dev An order for the dataset at its price, signed.
    function _order(uint256 volume) private returns (DatasetOrder memory order) {
        order = DatasetOrder(
            dataset, DATASET_PRICE, volume, 0, address(0), address(0), address(0), salt(), ""
        );
        return _signed(order);
    }

    function _signed(DatasetOrder memory order) private view returns (DatasetOrder memory) {
        order.sign = sign(DATASET_KEY, hashOf(order));
        return order;
    }

    /// @dev The same order, once for each of `count` tasks of the deal, agreed to by the requester.
    function _agreed(bytes32 dealid, DatasetOrder memory order, uint256 count)
        private
        returns (Bulk.Use[] memory uses)
    {
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = Tree.leaf(i, hashOf(order));
        }
        uses = new Bulk.Use[](count);
        for (uint256 i = 0; i < count; ++i) {
            uses[i] = Bulk.Use(i, order, Tree.proof(leaves, i));
        }
        vm.prank(requester);
        hub.openBulk(dealid, Tree.root(leaves));
    }

    function _only(Bulk.Use memory use) private pure returns (Bulk.Use[] memory uses) {
        uses = new Bulk.Use[](1);
        uses[0] = use;
    }

    function _hashes(DatasetOrder memory order) private view returns (bytes32[] memory hashes) {
        hashes = new bytes32[](1);
        hashes[0] = hashOf(order);
    }

    function _refuse(bytes memory why, bytes32 dealid, Bulk.Use[] memory uses) private {
        vm.expectRevert(why);
        hub.takeDatasets(dealid, uses);
    }

    function _incompatible(string memory reason) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Bulk.IncompatibleDatasetOrder.selector, reason);
    }

    function test_BulkDatasets_AreCounted_AcrossDeals() public {
        DatasetOrder memory order = _order(2);
        bytes32 first = matched(ordersFor(1, 3));
        bytes32 second = matched(ordersFor(1, 1));
        Bulk.Use[] memory uses = _agreed(first, order, 3);
        _refuse(_incompatible("Dataset order is revoked or fully consumed"), first, uses);
        vm.assertEq(locked(requester), 4 * (APP_PRICE + POOL_PRICE), "all or nothing");
        hub.takeDatasets(first, _only(uses[0]));
        hub.takeDatasets(second, _agreed(second, order, 1));
        vm.assertEq(hub.viewConsumed(hashOf(order)), 2, "counted");
        _refuse(_incompatible("Dataset order is revoked or fully consumed"), first, _only(uses[1]));
        bytes memory twice = abi.encodeWithSelector(
            Bulk.DatasetAlreadyTaken.selector, TaskState.id(first, 0), hashOf(order)
        );
        _refuse(twice, first, _only(uses[0]));
    }

    function test_BulkDatasets_ArePaid_WhenTheTaskIsDone() public {
        bytes32 dealid = matched(ordersFor(1, 2));
        DatasetOrder memory order = _order(9);
        bytes32[] memory hashes = _hashes(order);
        Bulk.Use[] memory uses = _agreed(dealid, order, 2);
        hub.takeDatasets(dealid, uses);
        bytes32 taskid = TaskState.id(dealid, 0);
        (address owner, uint256 price) = hub.viewUse(taskid, hashes[0]);
        vm.assertEq(owner, datasetOwner, "owner");
        vm.assertEq(price, DATASET_PRICE, "price");
        uint256 held = 2 * (APP_PRICE + POOL_PRICE + DATASET_PRICE);
        vm.assertEq(locked(requester), held, "held");
        vm.expectRevert(
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.UNSET)
        );
        hub.settleDatasets(dealid, 0, hashes);

        hub.initialize(dealid, 0);
        single(0, taskid, DIGEST);
        vm.expectEmit(address(hub));
        emit Bulk.DatasetSettled(taskid, hashes[0], true);
        hub.settleDatasets(dealid, 0, hashes);
        vm.assertEq(free(datasetOwner), DATASET_PRICE, "paid");
        vm.expectRevert(abi.encodeWithSelector(Bulk.DatasetNotTaken.selector, taskid, hashes[0]));
        hub.settleDatasets(dealid, 0, hashes);
        bytes memory over =
            abi.encodeWithSelector(TaskState.WrongStatus.selector, TaskStatusEnum.COMPLETED);
        _refuse(over, dealid, _only(uses[0]));

        vm.warp(block.timestamp + 10 * CLOCK);
        hub.claimUntouched(dealid);
        hub.settleDatasets(dealid, 1, hashes);
        vm.assertEq(free(datasetOwner), DATASET_PRICE, "not for what failed");
        vm.assertEq(locked(requester), 0, "refunded");
        assertSolvent();
    }

    function test_BulkDatasets_FollowTheirSlice() public {
        bytes32 dealid = matched(ordersFor(1, 4));
        DatasetOrder memory order = _order(9);
        Bulk.Use[] memory uses = _agreed(dealid, order, 4);
        hub.takeDatasets(dealid, uses);
        vm.prank(scheduler);
        bytes32 sliceid = hub.openSlice(dealid, 4);
        single(0, sliceid, DIGEST);
        for (uint256 i = 0; i < 4; ++i) {
            hub.settleDatasets(dealid, i, _hashes(order));
        }
        vm.assertEq(free(datasetOwner), 4 * DATASET_PRICE, "paid");
        assertSolvent();
    }

    function test_RevokedDataset_CannotBeTaken() public {
        bytes32 dealid = matched(ordersFor(1, 1));
        DatasetOrder memory order = _order(9);
        Bulk.Use[] memory uses = _agreed(dealid, order, 1);
        uint256 before = vm.snapshotState();
        vm.prank(datasetOwner);
        hub.manageDatasetOrder(DatasetOrderOperation(order, OrderOperationEnum.CLOSE, ""));
        _refuse(_incompatible("Dataset order is revoked or fully consumed"), dealid, uses);
        vm.revertToState(before);
        vm.prank(datasetOwner);
        hub.revokeAllOrders();
        _refuse(
            abi.encodeWithSelector(Salt.OrderRevoked.selector, hashOf(order), 0, 1), dealid, uses
        );
    }

    function _refuseLeaf(bytes32 root, bytes32 dealid, Bulk.Use memory use) private {
        bytes32 leaf = Tree.leaf(use.idx, hashOf(use.order));
        bytes memory why = abi.encodeWithSelector(Batches.ProofRefused.selector, root, leaf);
        _refuse(why, dealid, _only(use));
    }

    /// @dev What the requester did not agree to, at that price and for that task, takes no money.
    function test_Requester_PaysOnlyWhatItAgreedTo() public {
        bytes32 dealid = matched(ordersFor(1, 2));
        Bulk.Use memory use = Bulk.Use(0, _order(9), new bytes32[](0));
        bytes32 root = Tree.leaf(0, hashOf(use.order));
        _refuseLeaf(0, dealid, use);
        vm.expectRevert(abi.encodeWithSelector(TaskState.NotAllowed.selector, stranger));
        vm.prank(stranger);
        hub.openBulk(dealid, root);
        vm.prank(requester);
        hub.openBulk(dealid, root);
        use.idx = 1;
        _refuseLeaf(root, dealid, use);
        use.idx = 0;
        use.order.datasetprice *= 2;
        use.order = _signed(use.order);
        _refuseLeaf(root, dealid, use);
    }

    function test_TakeDatasets_SaysWhyNot() public {
        bytes32 dealid = matched(ordersFor(1, 1));
        DatasetOrder memory order = _order(9);
        order.apprestrict = stranger;
        _refuse(
            _incompatible("App restriction not satisfied"),
            dealid,
            _agreed(dealid, _signed(order), 1)
        );
        order.apprestrict = address(0);
        _refuse(_incompatible("Invalid dataset order signature"), dealid, _agreed(dealid, order, 1));
        order.datasetprice = 2 ** 96;
        _refuse(
            abi.encodeWithSelector(BoostBook.SafeCastOverflowedUintDowncast.selector, 96, 2 ** 96),
            dealid,
            _agreed(dealid, _signed(order), 1)
        );
        order.datasetprice = RICHES;
        _refuse(
            abi.encodeWithSignature(
                "Error(string)", "IexecEscrow: Transfer amount exceeds balance"
            ),
            dealid,
            _agreed(dealid, _signed(order), 1)
        );
        Bulk.Use[] memory uses = new Bulk.Use[](1);
        uses[0] = Bulk.Use(7, order, new bytes32[](0));
        vm.prank(requester);
        hub.openBulk(dealid, Tree.leaf(7, hashOf(order)));
        _refuse(abi.encodeWithSelector(TaskState.IndexOutOfBag.selector, 7, 0, 1), dealid, uses);
        _refuse(abi.encodeWithSelector(TaskState.UnknownDeal.selector, bytes32(0)), 0, uses);
        bytes32 withOne = matched(withDataset(ordersFor(1, 1)));
        vm.expectRevert(_incompatible("Deal already has a dataset"));
        vm.prank(requester);
        hub.openBulk(withOne, "root");
    }
}
