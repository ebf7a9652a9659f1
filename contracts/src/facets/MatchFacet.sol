// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {BoostMatching} from "../interfaces/Boost.sol";
import {Matching} from "../interfaces/Matching.sol";
import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "../interfaces/Orders.sol";
import {Agreement} from "../libraries/Agreement.sol";
import {BoostBook} from "../libraries/BoostBook.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Match} from "../libraries/Match.sol";
import {Reason} from "../libraries/Reason.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";
import {Tag} from "../libraries/Tag.sol";

/// @title MatchFacet
/// @notice Orders become deals, to be voted on or, as Boost, to be pushed.
/// @dev Of a Boost deal, params, beneficiary and category are only logged.
contract MatchFacet is Matching, BoostMatching {
    using DealRecord for DealRecord.Terms;

    /// @inheritdoc Matching
    function verifySignature(address identity, bytes32 hash, bytes calldata signature)
        external
        view
        returns (bool)
    {
        return Signature.verify(identity, hash, signature);
    }

    /// @inheritdoc Matching
    function verifyPresignature(address identity, bytes32 hash) external view returns (bool) {
        return Signature.presigned(identity, hash);
    }

    /// @inheritdoc Matching
    function verifyPresignatureOrSignature(address identity, bytes32 hash, bytes calldata signature)
        external
        view
        returns (bool)
    {
        return Signature.approves(identity, hash, signature);
    }

    /// @inheritdoc Matching
    function matchOrders(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32) {
        return _match(apporder, datasetorder, workerpoolorder, requestorder, requestorder.requester);
    }

    /// @inheritdoc Matching
    function sponsorMatchOrders(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32 dealid) {
        dealid = _match(apporder, datasetorder, workerpoolorder, requestorder, msg.sender);
        emit DealSponsored(dealid, msg.sender);
    }

    /// @inheritdoc BoostMatching
    function matchOrdersBoost(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32) {
        return _boost(apporder, datasetorder, workerpoolorder, requestorder, requestorder.requester);
    }

    /// @inheritdoc BoostMatching
    function sponsorMatchOrdersBoost(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32 dealid) {
        dealid = _boost(apporder, datasetorder, workerpoolorder, requestorder, msg.sender);
        emit DealSponsoredBoost(dealid, msg.sender);
    }

    function _match(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        address payer
    ) private returns (bytes32) {
        (DealRecord.Terms memory deal, Agreement.Hashes memory hashes) =
            _agree(app, dataset, workerpool, request, payer);
        Store.DealSlot storage slot = Store.hub().deal[deal.dealid];
        slot.record = deal.save(request.params);
        slot.size = uint32(deal.botSize);

        _lock(deal);
        emit SchedulerNotice(deal.workerpool, deal.dealid);
        _announce(deal, hashes);
        return deal.dealid;
    }

    function _boost(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        address payer
    ) private returns (bytes32) {
        Reason.boost(request.trust <= 1, "Bad trust level");
        (DealRecord.Terms memory deal, Agreement.Hashes memory hashes) =
            _agree(app, dataset, workerpool, request, payer);
        Reason.boost(!Tag.has(deal.tag, Tag.CONTESTABLE), "Results cannot be contested");
        // A request's first classic deal counts itself; this one is not among those.
        Store.hub().consumed[hashes.request] = deal.botFirst + deal.botSize;
        BoostBook.requireFits(deal);
        BoostBook.book().record[deal.dealid] = deal.save(request.params[0:0]);

        _lock(deal);
        emit SchedulerNoticeBoost(
            deal.workerpool,
            deal.dealid,
            deal.app,
            deal.dataset,
            deal.category,
            deal.tag,
            request.params,
            deal.beneficiary
        );
        _announce(deal, hashes);
        return deal.dealid;
    }

    function _agree(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        address payer
    ) private returns (DealRecord.Terms memory deal, Agreement.Hashes memory hashes) {
        deal.tag = Match.compatible(app, dataset, workerpool, request);
        Agreement.sign(app, dataset, workerpool, request, deal, hashes);
        Agreement.consume(app, dataset, workerpool, request, deal, hashes);
        Agreement.settle(app, dataset, workerpool, request, deal);
        deal.sponsor = payer;
    }

    function _lock(DealRecord.Terms memory deal) private {
        Escrow.lock(deal.sponsor, deal.price() * deal.botSize);
        Escrow.lock(deal.workerpoolOwner, deal.poolStake() * deal.botSize);
    }

    function _announce(DealRecord.Terms memory deal, Agreement.Hashes memory hashes) private {
        emit OrdersMatched(
            deal.dealid, hashes.app, hashes.dataset, hashes.workerpool, hashes.request, deal.botSize
        );
    }
}
