// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {BoostBook} from "../../src/libraries/BoostBook.sol";
import {Boost} from "../../src/interfaces/Boost.sol";
import {DealBoost, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {Consumer, GasEater} from "../support/Others.sol";
import {vm} from "../support/Vm.sol";

contract BoostFacetTest is Base {
    function boosted(Orders memory o) private returns (bytes32) {
        signAll(o);
        return hub.matchOrdersBoost(o.app, o.dataset, o.pool, o.request);
    }

    function idOf(bytes32 dealid, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(dealid, index));
    }

    function push(bytes32 dealid, uint256 index) private {
        bytes memory grant = authorization(worker(0), idOf(dealid, index), address(0));
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, index, RESULTS, "", grant, address(0), "");
    }

    function refuse(string memory sentence) private {
        vm.expectRevert(
            abi.encodeWithSignature("Error(string)", string.concat("PocoBoost: ", sentence))
        );
    }

    function refused(Orders memory o, string memory sentence) private {
        signAll(o);
        refuse(sentence);
        hub.matchOrdersBoost(o.app, o.dataset, o.pool, o.request);
    }

    function test_PushResultBoost_PaysEverybody() public {
        bytes32 dealid = boosted(withDataset(ordersFor(1, 3)));
        DealBoost memory deal = hub.viewDealBoost(dealid);
        vm.assertEq(deal.appOwner, appOwner, "app owner");
        vm.assertEq(deal.botSize, 3, "size");
        vm.assertEq(deal.workerReward, POOL_PRICE * 99 / 100, "reward");
        vm.assertEq(deal.deadline, block.timestamp + 7 * CLOCK, "deadline");
        vm.assertEq(deal.sponsor, requester, "sponsor");
        bytes memory grant = authorization(worker(0), idOf(dealid, 2), address(0));
        vm.expectEmit(address(hub));
        emit Boost.ResultPushedBoost(dealid, 2, RESULTS);
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 2, RESULTS, "", grant, address(0), "");
        assertStatus(idOf(dealid, 2), TaskStatusEnum.COMPLETED);
        vm.assertEq(free(worker(0)), RICHES + POOL_PRICE * 99 / 100, "worker");
        vm.assertEq(free(datasetOwner), DATASET_PRICE, "dataset owner");
        refuse("Task status not unset");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 2, RESULTS, "", grant, address(0), "");
        push(dealid, 0);
        push(dealid, 1);
        vm.assertEq(locked(requester) + locked(scheduler), 0, "all settled");
        assertSolvent();
    }

    /// @dev 14.1. Naive: the requester is seized for what its sponsor locked.
    function test_PushResultBoost_TakesTheSponsorsMoney() public {
        matched(ordersFor(1, 1));
        uint256 others = locked(requester);
        Orders memory o = signAll(ordersFor(1, 1));
        vm.prank(sponsor);
        bytes32 dealid = hub.sponsorMatchOrdersBoost(o.app, o.dataset, o.pool, o.request);
        push(dealid, 0);
        vm.assertEq(free(sponsor), RICHES - APP_PRICE - POOL_PRICE, "sponsor pays");
        vm.assertEq(locked(sponsor), 0, "nothing is stranded");
        vm.assertEq(locked(requester), others, "the other deal is whole");
        assertSolvent();
    }

    /// @dev 14.2. Naive: the price of an empty, unsigned dataset order is locked for ever.
    function test_MatchOrdersBoost_IgnoresThePriceOfNoDataset() public {
        Orders memory o = ordersFor(1, 1);
        o.request.datasetmaxprice = 5e9;
        signAll(o);
        o.dataset.datasetprice = 5e9;
        bytes32 dealid = hub.matchOrdersBoost(o.app, o.dataset, o.pool, o.request);
        vm.assertEq(locked(requester), APP_PRICE + POOL_PRICE, "locked");
        push(dealid, 0);
        vm.assertEq(locked(requester), 0, "settled");
    }

    function test_ClaimBoost_RefundsThePayer() public {
        bytes32 dealid = boosted(ordersFor(1, 1));
        refuse("Deadline not reached");
        hub.claimBoost(dealid, 0);
        vm.warp(block.timestamp + 7 * CLOCK);
        bytes memory grant = authorization(worker(0), idOf(dealid, 0), address(0));
        refuse("Deadline reached");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "", grant, address(0), "");
        hub.claimBoost(dealid, 0);
        assertStatus(idOf(dealid, 0), TaskStatusEnum.FAILED);
        vm.assertEq(free(requester), RICHES, "refunded");
        vm.assertEq(locked(KITTY), POOL_STAKE, "kitty");
        refuse("Unknown task");
        hub.claimBoost(dealid, 1);
        refuse("Unknown task");
        hub.claimBoost("none", 0);
        assertSolvent();
    }

    function test_Boost_SharesVolumesWithClassicDeals() public {
        Orders memory o = ordersFor(1, 5);
        o.pool.volume = 2;
        boosted(o);
        o.pool.salt = salt();
        bytes32 second = matched(o);
        vm.assertEq(hub.viewDeal(second).botFirst, 2, "goes on");
        vm.assertEq(hub.viewConsumed(hashOf(o.request)), 4, "consumed");
    }

    function test_MatchOrdersBoost_SaysWhyNot_InItsOwnWords() public {
        Orders memory o = ordersFor(2, 1);
        refused(o, "Bad trust level");
        o = ordersFor(1, 1);
        o.request.category = 9;
        refused(o, "Category mismatch");
        o.pool.category = 9;
        refused(o, "Unknown category");
        o = ordersFor(1, 1);
        o.app.appprice = APP_PRICE + 1;
        refused(o, "Overpriced app");
        o = withDataset(ordersFor(1, 1));
        o.dataset.datasetprice = DATASET_PRICE + 1;
        refused(o, "Overpriced dataset");
        o = ordersFor(1, 1);
        o.pool.workerpoolprice = POOL_PRICE + 1;
        refused(o, "Overpriced workerpool");
        o = ordersFor(1, 1);
        o.request.tag = bytes32(uint256(1));
        refused(o, "Workerpool tag does not match demand");
        o.pool.tag = bytes32(uint256(1));
        refused(o, "App tag does not match demand");
        o = ordersFor(1, 1);
        o.request.app = stranger;
        refused(o, "App mismatch");
        o = ordersFor(1, 1);
        o.request.dataset = stranger;
        refused(o, "Dataset mismatch");
        o = ordersFor(1, 1);
        o.app.app = stranger;
        o.request.app = stranger;
        refused(o, "App not registered");
        o = ordersFor(1, 0);
        refused(o, "One or more orders consumed");
        o = ordersFor(1, 70_000);
        o.app.appprice = 0;
        o.pool.workerpoolprice = 0;
        signAll(o);
        vm.expectRevert(
            abi.encodeWithSelector(BoostBook.SafeCastOverflowedUintDowncast.selector, 16, 70_000)
        );
        hub.matchOrdersBoost(o.app, o.dataset, o.pool, o.request);
    }

    function test_MatchOrdersBoost_SaysWhoRestricts() public {
        string[9] memory sentences = [
            "Workerpool restricted by request order",
            "Dataset restricted by app order",
            "Workerpool restricted by app order",
            "Requester restricted by app order",
            "App restricted by dataset order",
            "Workerpool restricted by dataset order",
            "Requester restricted by dataset order",
            "App restricted by workerpool order",
            "Dataset restricted by workerpool order"
        ];
        for (uint256 i = 0; i < 9; ++i) {
            Orders memory o = withDataset(ordersFor(1, 1));
            if (i == 0) o.request.workerpool = stranger;
            if (i == 1) o.app.datasetrestrict = stranger;
            if (i == 2) o.app.workerpoolrestrict = stranger;
            if (i == 3) o.app.requesterrestrict = stranger;
            if (i == 4) o.dataset.apprestrict = stranger;
            if (i == 5) o.dataset.workerpoolrestrict = stranger;
            if (i == 6) o.dataset.requesterrestrict = stranger;
            if (i == 7) o.pool.apprestrict = stranger;
            if (i == 8) o.pool.datasetrestrict = stranger;
            refused(o, sentences[i]);
        }
        Orders memory last = ordersFor(1, 1);
        last.pool.requesterrestrict = stranger;
        refused(last, "Requester restricted by workerpool order");
    }

    function test_MatchOrdersBoost_SaysWhoseSignatureIsWrong() public {
        string[4] memory sentences = [
            "Invalid app order signature",
            "Invalid dataset order signature",
            "Invalid workerpool order signature",
            "Invalid request order signature"
        ];
        bytes memory forged = sign(WORKER_KEY, "anything");
        for (uint256 i = 0; i < 4; ++i) {
            Orders memory o = signAll(withDataset(ordersFor(1, 1)));
            if (i == 0) o.app.sign = forged;
            if (i == 1) o.dataset.sign = forged;
            if (i == 2) o.pool.sign = forged;
            if (i == 3) o.request.sign = forged;
            refuse(sentences[i]);
            hub.matchOrdersBoost(o.app, o.dataset, o.pool, o.request);
        }
        Orders memory other = withDataset(ordersFor(1, 1));
        other.dataset.dataset = stranger;
        other.request.dataset = stranger;
        refused(other, "Dataset not registered");
        other = ordersFor(1, 1);
        other.pool.workerpool = stranger;
        refused(other, "Workerpool not registered");
    }

    function test_PushResultBoost_ChecksEnclaves() public {
        Orders memory o = ordersFor(1, 1);
        o.app.tag = bytes32(uint256(1));
        o.pool.tag = bytes32(uint256(1));
        bytes32 dealid = boosted(o);
        bytes32 taskid = idOf(dealid, 0);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        refuse("Tag requires enclave challenge");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "", grant, address(0), "");
        uint256 enclaveKey = 0xe2c;
        address enclave = vm.addr(enclaveKey);
        refuse("Invalid contribution authorization signature");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "", grant, enclave, "");
        grant = authorization(worker(0), taskid, enclave);
        bytes32 proved = keccak256(abi.encodePacked(worker(0), taskid, keccak256(RESULTS)));
        bytes memory wrong = sign(WORKER_KEY, message(proved));
        refuse("Invalid enclave signature");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "", grant, enclave, wrong);
        bytes memory right = sign(enclaveKey, message(proved));
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "", grant, enclave, right);
    }

    function test_PushResultBoost_TellsTheCallback() public {
        Consumer consumer = new Consumer();
        Orders memory o = ordersFor(1, 2);
        o.request.callback = address(consumer);
        bytes32 dealid = boosted(o);
        bytes32 taskid = idOf(dealid, 0);
        bytes memory grant = authorization(worker(0), taskid, address(0));
        refuse("Callback requires data");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "", grant, address(0), "");
        vm.prank(worker(0));
        hub.pushResultBoost(dealid, 0, RESULTS, "answer", grant, address(0), "");
        vm.assertEq(consumer.results(), "answer", "told");
    }

    function test_PushResultBoost_WantsGasForTheCallback() public {
        Orders memory o = ordersFor(1, 1);
        o.request.callback = address(new GasEater());
        bytes32 dealid = boosted(o);
        bytes memory grant = authorization(worker(0), idOf(dealid, 0), address(0));
        refuse("Not enough gas after callback");
        vm.prank(worker(0));
        hub.pushResultBoost{gas: 220_000}(dealid, 0, RESULTS, "answer", grant, address(0), "");
    }
}
