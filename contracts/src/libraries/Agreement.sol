// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "../interfaces/Orders.sol";
import {Course} from "./Course.sol";
import {DealRecord} from "./DealRecord.sol";
import {Match} from "./Match.sol";
import {Order} from "./Order.sol";
import {Reason} from "./Reason.sol";
import {Salt} from "./Salt.sol";
import {Signature} from "./Signature.sol";
import {Store} from "./Store.sol";
import {Tag} from "./Tag.sol";

/// @title Agreement
/// @notice How compatible orders become the terms of a deal: who signed, how much is left, what was
/// said.
library Agreement {
    struct Hashes {
        bytes32 app;
        bytes32 dataset;
        bytes32 workerpool;
        bytes32 request;
    }

    /// @dev Each order must be signed by the present owner of its asset, and not revoked.
    function sign(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        DealRecord.Terms memory deal,
        Hashes memory hashes
    ) internal view {
        Store.Hub storage hub = Store.hub();
        bytes32 domain = Order.separator();

        deal.appOwner = Match.ownerOf(hub.appRegistry, app.app);
        Reason.matching(deal.appOwner != address(0), Reason.APP_UNREGISTERED);
        hashes.app = Order.digest(domain, Order.hash(app));
        _signed(deal.appOwner, hashes.app, app.salt, app.sign, Reason.APP_SIGNATURE);

        if (dataset.dataset != address(0)) {
            deal.datasetOwner = Match.ownerOf(hub.datasetRegistry, dataset.dataset);
            Reason.matching(deal.datasetOwner != address(0), Reason.DATASET_UNREGISTERED);
            hashes.dataset = Order.digest(domain, Order.hash(dataset));
            _signed(
                deal.datasetOwner,
                hashes.dataset,
                dataset.salt,
                dataset.sign,
                Reason.DATASET_SIGNATURE
            );
        }

        (deal.workerpoolOwner, deal.workerStakePercent, deal.schedulerPercent) =
            Match.offerOf(hub.workerpoolRegistry, workerpool.workerpool);
        Reason.matching(deal.workerpoolOwner != address(0), Reason.WORKERPOOL_UNREGISTERED);
        hashes.workerpool = Order.digest(domain, Order.hash(workerpool));
        _signed(
            deal.workerpoolOwner,
            hashes.workerpool,
            workerpool.salt,
            workerpool.sign,
            Reason.WORKERPOOL_SIGNATURE
        );

        hashes.request = Order.digest(domain, Order.hash(request));
        _signed(
            request.requester, hashes.request, request.salt, request.sign, Reason.REQUEST_SIGNATURE
        );
    }

    function _signed(address signer, bytes32 hash, bytes32 salt, bytes calldata sign, uint8 reason)
        private
        view
    {
        Reason.matching(Signature.approves(signer, hash, sign), reason);
        Salt.check(salt, hash, Store.hub().wallet[signer].funds.epoch());
    }

    /// @dev Takes from every order as many tasks as all of them have left.
    function consume(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        DealRecord.Terms memory deal,
        Hashes memory hashes
    ) internal {
        mapping(bytes32 orderHash => uint256) storage consumed = Store.hub().consumed;
        uint256 ofApp = consumed[hashes.app];
        uint256 ofDataset;
        uint256 ofWorkerpool = consumed[hashes.workerpool];
        uint256 ofRequest = Order.consumed(hashes.request);

        uint256 volume = _least(Order.MAX_VOLUME, app.volume - ofApp);
        volume = _least(volume, workerpool.volume - ofWorkerpool);
        volume = _least(volume, request.volume - ofRequest);
        if (hashes.dataset != 0) {
            ofDataset = consumed[hashes.dataset];
            volume = _least(volume, dataset.volume - ofDataset);
        }
        Reason.matching(volume > 0, Reason.CONSUMED);

        consumed[hashes.app] = ofApp + volume;
        if (hashes.dataset != 0) consumed[hashes.dataset] = ofDataset + volume;
        consumed[hashes.workerpool] = ofWorkerpool + volume;
        // A first deal is found by its id: see `Order.consumed`.
        if (ofRequest > 0) consumed[hashes.request] = ofRequest + volume;

        deal.botFirst = ofRequest;
        deal.botSize = volume;
        deal.dealid = Order.dealId(hashes.request, ofRequest);
    }

    /// @dev Fills in what the deal keeps of the orders.
    function settle(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        DealRecord.Terms memory deal
    ) internal view {
        deal.app = app.app;
        deal.appPrice = app.appprice;
        if (dataset.dataset != address(0)) {
            deal.dataset = dataset.dataset;
            deal.datasetPrice = dataset.datasetprice;
        }
        deal.workerpool = workerpool.workerpool;
        deal.workerpoolPrice = workerpool.workerpoolprice;
        if (Tag.has(deal.tag, Tag.CONTESTABLE) && deal.workerStakePercent < Course.BOND_PERCENT) {
            deal.workerStakePercent = Course.BOND_PERCENT;
        }
        deal.trust = request.trust == 0 ? 1 : request.trust;
        deal.category = request.category;
        deal.clock = Store.hub().category[request.category].clock;
        deal.requester = request.requester;
        deal.beneficiary = request.beneficiary;
        deal.callback = request.callback;
        deal.startTime = block.timestamp;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
