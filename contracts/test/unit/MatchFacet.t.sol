// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Bulk} from "../../src/interfaces/Bulk.sol";
import {Deal} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {Members, RefusingContract} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

contract MatchFacetTest is Base {
    address private constant OTHER = address(0x07e4);

    function refuse(Orders memory o, string memory code) private {
        signAll(o);
        vm.expectRevert(
            bytes(
                abi.encodeWithSignature(
                    "Error(string)", string.concat("iExecV5-matchOrders-0x", code)
                )
            )
        );
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function full() private returns (Orders memory) {
        return withDataset(ordersFor(1, 1));
    }

    function test_MatchOrders_RemembersTheDeal() public {
        Orders memory o = withDataset(ordersFor(5, 3));
        o.request.tag = bytes32(uint256(0x100));
        o.pool.tag = bytes32(uint256(0x100));
        o.request.callback = address(0xca11);
        o.request.beneficiary = address(0xbe9);
        bytes32 dealid = matched(o);
        vm.assertEq(dealid, keccak256(abi.encode(hashOf(o.request), 0)), "id");
        Deal memory deal = hub.viewDeal(dealid);
        vm.assertEq(deal.app.pointer, app, "app");
        vm.assertEq(deal.app.owner, appOwner, "app owner");
        vm.assertEq(deal.app.price, APP_PRICE, "app price");
        vm.assertEq(deal.dataset.pointer, dataset, "dataset");
        vm.assertEq(deal.dataset.owner, datasetOwner, "dataset owner");
        vm.assertEq(deal.dataset.price, DATASET_PRICE, "dataset price");
        vm.assertEq(deal.workerpool.pointer, pool, "pool");
        vm.assertEq(deal.workerpool.owner, scheduler, "pool owner");
        vm.assertEq(deal.workerpool.price, POOL_PRICE, "pool price");
        vm.assertEq(deal.trust, 5, "trust");
        vm.assertEq(deal.tag, o.request.tag, "tag");
        vm.assertEq(deal.requester, requester, "requester");
        vm.assertEq(deal.beneficiary, address(0xbe9), "beneficiary");
        vm.assertEq(deal.callback, address(0xca11), "callback");
        vm.assertEq(deal.params, o.request.params, "params");
        vm.assertEq(deal.startTime, block.timestamp, "start");
        vm.assertEq(deal.botSize, 3, "size");
        vm.assertEq(deal.workerStake, WORKER_STAKE, "worker stake");
        vm.assertEq(deal.schedulerRewardRatio, 1, "ratio");
        vm.assertEq(deal.sponsor, requester, "sponsor");
        vm.assertEq(locked(requester), 3 * (APP_PRICE + DATASET_PRICE + POOL_PRICE), "payer's lock");
        vm.assertEq(locked(scheduler), 3 * POOL_STAKE, "pool's lock");
        vm.assertEq(hub.viewConsumed(hashOf(o.app)), 3, "app order");
        vm.assertEq(hub.viewConsumed(hashOf(o.dataset)), 3, "dataset order");
        vm.assertEq(hub.viewConsumed(hashOf(o.request)), 3, "request order");
    }

    function test_MatchOrders_TakesWhatIsLeft_WhenOrdersMatchAgain() public {
        Orders memory o = ordersFor(1, 10);
        o.pool.volume = 4;
        bytes32 first = matched(o);
        vm.assertEq(hub.viewDeal(first).botSize, 4, "first");
        o.pool.salt = salt();
        bytes32 second = matched(o);
        Deal memory deal = hub.viewDeal(second);
        vm.assertEq(deal.botFirst, 4, "from");
        vm.assertEq(deal.botSize, 4, "second");
        o.pool.salt = salt();
        o.pool.sign = sign(SCHEDULER_KEY, hashOf(o.pool));
        vm.assertEq(hub.computeDealVolume(o.app, o.dataset, o.pool, o.request), 2, "volume to come");
        deal = hub.viewDeal(matched(o));
        vm.assertEq(deal.botFirst, 8, "from");
        vm.assertEq(deal.botSize, 2, "third");
        o.pool.salt = salt();
        refuse(o, "60");
    }

    function test_MatchOrders_Refuses_CategoryTrustAndPrices() public {
        Orders memory o = full();
        o.request.category = 1;
        refuse(o, "00");
        o.pool.category = 1;
        refuse(o, "01");
        o = full();
        o.request.trust = 2;
        refuse(o, "02");
        o = full();
        o.app.appprice = APP_PRICE + 1;
        refuse(o, "03");
        o = full();
        o.dataset.datasetprice = DATASET_PRICE + 1;
        refuse(o, "04");
        o = full();
        o.pool.workerpoolprice = POOL_PRICE + 1;
        refuse(o, "05");
    }

    function test_MatchOrders_Refuses_Tags() public {
        Orders memory o = full();
        o.dataset.tag = bytes32(uint256(0x100));
        refuse(o, "06");
        o = full();
        o.request.tag = bytes32(uint256(1));
        o.pool.tag = bytes32(uint256(1));
        refuse(o, "07");
        o.app.tag = bytes32(uint256(1));
        // The framework of the dataset does not matter.
        o.dataset.tag = bytes32(uint256(0x0f));
        matched(o);
    }

    function test_MatchOrders_Refuses_OtherAssets() public {
        Orders memory o = full();
        o.request.app = OTHER;
        refuse(o, "10");
        o = full();
        o.request.dataset = OTHER;
        refuse(o, "11");
        o = full();
        o.request.workerpool = OTHER;
        refuse(o, "12");
    }

    function test_MatchOrders_Refuses_WhatOwnersRestrict() public {
        Orders memory o = full();
        o.app.datasetrestrict = OTHER;
        refuse(o, "13");
        o = full();
        o.app.workerpoolrestrict = OTHER;
        refuse(o, "14");
        o = full();
        o.app.requesterrestrict = OTHER;
        refuse(o, "15");
        o = full();
        o.dataset.apprestrict = OTHER;
        refuse(o, "16");
        o = full();
        o.dataset.workerpoolrestrict = OTHER;
        refuse(o, "17");
        o = full();
        o.dataset.requesterrestrict = OTHER;
        refuse(o, "18");
        o = full();
        o.pool.apprestrict = OTHER;
        refuse(o, "19");
        o = full();
        o.pool.datasetrestrict = OTHER;
        refuse(o, "1a");
        o = full();
        o.pool.requesterrestrict = OTHER;
        refuse(o, "1b");
    }

    function test_MatchOrders_LetsMembersOfAGroupThrough() public {
        Members group = new Members();
        Orders memory o = full();
        o.app.requesterrestrict = address(group);
        refuse(o, "15");
        group.add(requester);
        matched(o);
        o = full();
        o.app.requesterrestrict = address(new RefusingContract());
        refuse(o, "15");
    }

    function test_MatchOrders_Refuses_UnregisteredAssets() public {
        Orders memory o = full();
        o.app.app = OTHER;
        o.request.app = OTHER;
        refuse(o, "20");
        o = full();
        o.dataset.dataset = OTHER;
        o.request.dataset = OTHER;
        refuse(o, "30");
        o = full();
        o.pool.workerpool = OTHER;
        refuse(o, "40");
    }

    function test_MatchOrders_Refuses_SignaturesOfOthers() public {
        string[4] memory codes = ["21", "31", "41", "50"];
        for (uint256 i = 0; i < 4; ++i) {
            Orders memory o = signAll(full());
            bytes memory forged = sign(WORKER_KEY, keccak256("anything"));
            if (i == 0) o.app.sign = forged;
            if (i == 1) o.dataset.sign = forged;
            if (i == 2) o.pool.sign = forged;
            if (i == 3) o.request.sign = forged;
            vm.expectRevert(
                abi.encodeWithSignature(
                    "Error(string)", string.concat("iExecV5-matchOrders-0x", codes[i])
                )
            );
            hub.matchOrders(o.app, o.dataset, o.pool, o.request);
        }
    }

    function test_MatchOrders_Reverts_WhenTheSignatureHasNoKnownLength() public {
        Orders memory o = signAll(full());
        o.app.sign = "";
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "invalid-signature-format"));
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function test_MatchOrders_Reverts_WhenThePayerIsPoor() public {
        Orders memory o = ordersFor(1, 1_000_000);
        signAll(o);
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", "IexecEscrow: Transfer amount exceeds balance")
        );
        hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    function test_MatchOrders_HoldsAtMost32BitsOfTasks() public {
        Orders memory o = ordersFor(1, type(uint256).max);
        o.app.appprice = 0;
        o.pool.workerpoolprice = 0;
        vm.assertEq(hub.viewDeal(matched(o)).botSize, type(uint32).max, "size");
    }

    function test_SponsorMatchOrders_LetsTheCallerPay() public {
        Orders memory o = signAll(ordersFor(1, 2));
        vm.prank(sponsor);
        bytes32 dealid = hub.sponsorMatchOrders(o.app, o.dataset, o.pool, o.request);
        vm.assertEq(hub.viewDeal(dealid).sponsor, sponsor, "sponsor");
        vm.assertEq(hub.viewDeal(dealid).requester, requester, "requester");
        vm.assertEq(locked(sponsor), 2 * (APP_PRICE + POOL_PRICE), "lock");
        vm.assertEq(locked(requester), 0, "requester pays nothing");
    }

    function test_AssertDatasetDealCompatibility_SaysWhyNot() public {
        Orders memory o = withDataset(ordersFor(1, 1));
        Orders memory bare = ordersFor(1, 1);
        o.dataset.sign = sign(DATASET_KEY, hashOf(o.dataset));
        vm.expectRevert(why("Deal not found"));
        hub.assertDatasetDealCompatibility(o.dataset, "nothing");
        bytes32 withOne = matched(o);
        o.dataset.salt = salt();
        vm.expectRevert(why("Invalid dataset order signature"));
        hub.assertDatasetDealCompatibility(o.dataset, withOne);
        o.dataset.sign = sign(DATASET_KEY, hashOf(o.dataset));
        vm.expectRevert(why("Deal already has a dataset"));
        hub.assertDatasetDealCompatibility(o.dataset, withOne);

        bytes32 dealid = matched(bare);
        hub.assertDatasetDealCompatibility(o.dataset, dealid);
        string[4] memory reasons = [
            "App restriction not satisfied",
            "Workerpool restriction not satisfied",
            "Requester restriction not satisfied",
            "Tag compatibility not satisfied"
        ];
        for (uint256 i = 0; i < 4; ++i) {
            o.dataset.apprestrict = i == 0 ? OTHER : address(0);
            o.dataset.workerpoolrestrict = i == 1 ? OTHER : address(0);
            o.dataset.requesterrestrict = i == 2 ? OTHER : address(0);
            o.dataset.tag = i == 3 ? bytes32(uint256(1)) : bytes32(0);
            o.dataset.sign = sign(DATASET_KEY, hashOf(o.dataset));
            vm.expectRevert(why(reasons[i]));
            hub.assertDatasetDealCompatibility(o.dataset, dealid);
        }
        o.dataset.volume = 0;
        vm.expectRevert(why("Dataset order is revoked or fully consumed"));
        hub.assertDatasetDealCompatibility(o.dataset, dealid);
    }

    function why(string memory reason) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Bulk.IncompatibleDatasetOrder.selector, reason);
    }
}
