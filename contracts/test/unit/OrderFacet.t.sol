// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {OrderManagement, Relay} from "../../src/interfaces/OrderManagement.sol";
import {
    AppOrderOperation,
    DatasetOrderOperation,
    OrderOperationEnum,
    RequestOrderOperation,
    WorkerpoolOrderOperation
} from "../../src/interfaces/Orders.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

contract OrderFacetTest is Base {
    string private constant WORDS =
        "AppOrderOperation(AppOrder order,uint256 operation)AppOrder(address app,uint256 appprice,uint256 volume,bytes32 tag,address datasetrestrict,address workerpoolrestrict,address requesterrestrict,bytes32 salt)";

    function test_ManageOrders_SignsThemOnChain() public {
        Orders memory o = withDataset(ordersFor(1, 1));
        vm.prank(appOwner);
        hub.manageAppOrder(AppOrderOperation(o.app, OrderOperationEnum.SIGN, ""));
        vm.prank(datasetOwner);
        hub.manageDatasetOrder(DatasetOrderOperation(o.dataset, OrderOperationEnum.SIGN, ""));
        vm.prank(scheduler);
        hub.manageWorkerpoolOrder(WorkerpoolOrderOperation(o.pool, OrderOperationEnum.SIGN, ""));
        vm.expectEmit(address(hub));
        emit OrderManagement.SignedRequestOrder(hashOf(o.request));
        vm.prank(requester);
        hub.manageRequestOrder(RequestOrderOperation(o.request, OrderOperationEnum.SIGN, ""));
        vm.assertEq(hub.viewPresigned(hashOf(o.app)), appOwner, "presigned");
        vm.assertTrue(hub.verifyPresignature(requester, hashOf(o.request)), "request");
        vm.assertTrue(hub.verifyPresignatureOrSignature(requester, hashOf(o.request), ""), "either");
        vm.assertTrue(!hub.verifyPresignature(address(0), "unsigned"), "nobody signs nothing");
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function test_ManageOrders_ClosesThem() public {
        Orders memory o = withDataset(ordersFor(1, 7));
        vm.prank(appOwner);
        hub.manageAppOrder(AppOrderOperation(o.app, OrderOperationEnum.CLOSE, ""));
        vm.prank(datasetOwner);
        hub.manageDatasetOrder(DatasetOrderOperation(o.dataset, OrderOperationEnum.CLOSE, ""));
        vm.prank(scheduler);
        hub.manageWorkerpoolOrder(WorkerpoolOrderOperation(o.pool, OrderOperationEnum.CLOSE, ""));
        vm.expectEmit(address(hub));
        emit OrderManagement.ClosedRequestOrder(hashOf(o.request));
        vm.prank(requester);
        hub.manageRequestOrder(RequestOrderOperation(o.request, OrderOperationEnum.CLOSE, ""));
        vm.assertEq(hub.viewConsumed(hashOf(o.app)), 7, "app");
        vm.assertEq(hub.viewConsumed(hashOf(o.dataset)), 7, "dataset");
        vm.assertEq(hub.viewConsumed(hashOf(o.pool)), 7, "pool");
        vm.assertEq(hub.viewConsumed(hashOf(o.request)), 7, "request");
        signAll(o);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "iExecV5-matchOrders-0x60"));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function test_ManageRequestOrder_ClosesWhatWasHalfMatched() public {
        Orders memory o = ordersFor(1, 7);
        o.app.volume = 3;
        matched(o);
        vm.assertEq(hub.viewConsumed(hashOf(o.request)), 3, "by its first deal");
        vm.prank(requester);
        hub.manageRequestOrder(RequestOrderOperation(o.request, OrderOperationEnum.CLOSE, ""));
        vm.assertEq(hub.viewConsumed(hashOf(o.request)), 7, "closed");
    }

    function test_ManageOrders_Refuse_OthersThanTheOwner() public {
        Orders memory o = withDataset(ordersFor(1, 1));
        bytes memory forged = sign(WORKER_KEY, "anything");
        bytes memory reason =
            abi.encodeWithSignature("Error(string)", "invalid-sender-or-signature");
        vm.expectRevert(reason);
        hub.manageAppOrder(AppOrderOperation(o.app, OrderOperationEnum.SIGN, forged));
        vm.expectRevert(reason);
        hub.manageDatasetOrder(DatasetOrderOperation(o.dataset, OrderOperationEnum.SIGN, forged));
        vm.expectRevert(reason);
        hub.manageWorkerpoolOrder(
            WorkerpoolOrderOperation(o.pool, OrderOperationEnum.CLOSE, forged)
        );
        vm.expectRevert(reason);
        hub.manageRequestOrder(RequestOrderOperation(o.request, OrderOperationEnum.CLOSE, forged));
    }

    function test_ManageAppOrder_AcceptsTheOwnersSignature_FromAnybody() public {
        Orders memory o = ordersFor(1, 1);
        bytes32 order = keccak256(
            abi.encode(
                keccak256(
                    "AppOrder(address app,uint256 appprice,uint256 volume,bytes32 tag,address datasetrestrict,address workerpoolrestrict,address requesterrestrict,bytes32 salt)"
                ),
                o.app.app,
                o.app.appprice,
                o.app.volume,
                o.app.tag,
                o.app.datasetrestrict,
                o.app.workerpoolrestrict,
                o.app.requesterrestrict,
                o.app.salt
            )
        );
        bytes32 operation = keccak256(abi.encode(keccak256(bytes(WORDS)), order, 1));
        bytes memory mine = sign(APP_KEY, keccak256(abi.encodePacked(hex"1901", domain, operation)));
        vm.prank(stranger);
        hub.manageAppOrder(AppOrderOperation(o.app, OrderOperationEnum.CLOSE, mine));
        vm.assertEq(hub.viewConsumed(hashOf(o.app)), 1, "closed");
    }

    function test_Broadcast_LogsTheOrder() public {
        Orders memory o = withDataset(ordersFor(1, 1));
        vm.expectEmit(address(hub));
        emit Relay.BroadcastAppOrder(o.app);
        hub.broadcastAppOrder(o.app);
        vm.expectEmit(address(hub));
        emit Relay.BroadcastDatasetOrder(o.dataset);
        hub.broadcastDatasetOrder(o.dataset);
        vm.expectEmit(address(hub));
        emit Relay.BroadcastWorkerpoolOrder(o.pool);
        hub.broadcastWorkerpoolOrder(o.pool);
        vm.expectEmit(address(hub));
        emit Relay.BroadcastRequestOrder(o.request);
        hub.broadcastRequestOrder(o.request);
    }
}
