// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Boost} from "../interfaces/Boost.sol";
import {Matching} from "../interfaces/Matching.sol";
import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "../interfaces/Orders.sol";
import {DealBoost, TaskStatusEnum} from "../interfaces/Records.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {Agreement} from "../libraries/Agreement.sol";
import {Callback} from "../libraries/Callback.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Match} from "../libraries/Match.sol";
import {Payment} from "../libraries/Payment.sol";
import {Reason} from "../libraries/Reason.sol";
import {Reward} from "../libraries/Reward.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";
import {Tag} from "../libraries/Tag.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskWord} from "../libraries/TaskWord.sol";

/// @title BoostFacet
/// @notice Deals of trust 1 whose results are pushed and paid in one transaction each.
/// @dev Money is that of classic deals: the sponsor's, per task, each task once. Params, beneficiary
/// and category are only logged.
contract BoostFacet is Boost {
    using DealRecord for DealRecord.Terms;

    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Boost") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0xa4dc6b7c3a70e4bf89ba5d3b962ddf52d9c46e363b6fc94f2749e76100ab6900;

    struct Deals {
        mapping(bytes32 dealid => address) record;
    }

    /// @notice The number does not fit in `bits` bits of a Boost deal.
    error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);

    /// @inheritdoc Boost
    function matchOrdersBoost(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32) {
        return _match(apporder, datasetorder, workerpoolorder, requestorder, requestorder.requester);
    }

    /// @inheritdoc Boost
    function sponsorMatchOrdersBoost(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32 dealid) {
        dealid = _match(apporder, datasetorder, workerpoolorder, requestorder, msg.sender);
        emit DealSponsoredBoost(dealid, msg.sender);
    }

    /// @inheritdoc Boost
    function pushResultBoost(
        bytes32 dealId,
        uint256 index,
        bytes calldata results,
        bytes calldata resultsCallback,
        bytes calldata authorizationSign,
        address enclaveChallenge,
        bytes calldata enclaveSign
    ) external {
        (DealRecord.Terms memory deal, bytes32 taskid) = _open(dealId, index);
        Reason.boost(block.timestamp < deal.contributionDeadline(), "Deadline reached");
        Reason.boost(
            deal.callback == address(0) || resultsCallback.length > 0, "Callback requires data"
        );
        _requireAuthorized(deal, taskid, enclaveChallenge, authorizationSign);
        bytes32 digest = keccak256(deal.callback == address(0) ? results : resultsCallback);
        _requireEnclave(taskid, digest, enclaveChallenge, enclaveSign);

        _end(taskid, TaskStatusEnum.COMPLETED);
        Payment.succeed(deal, taskid);
        Payment.payOne(deal, taskid, msg.sender);
        emit ResultPushedBoost(dealId, index, results);
        if (deal.callback == address(0)) return;
        Reason.boost(
            Callback.delivered(deal.callback, taskid, resultsCallback),
            "Not enough gas after callback"
        );
    }

    /// @inheritdoc Boost
    function claimBoost(bytes32 dealId, uint256 index) external {
        (DealRecord.Terms memory deal, bytes32 taskid) = _open(dealId, index);
        Reason.boost(block.timestamp >= deal.contributionDeadline(), "Deadline not reached");
        _end(taskid, TaskStatusEnum.FAILED);
        Payment.fail(deal, taskid, 1);
        emit Tasks.TaskClaimed(taskid);
    }

    /// @inheritdoc Boost
    function viewDealBoost(bytes32 id) external view returns (DealBoost memory shown) {
        address record = _deals().record[id];
        if (record == address(0)) return shown;
        DealRecord.Terms memory deal = DealRecord.load(record);
        shown.appOwner = deal.appOwner;
        shown.appPrice = uint96(deal.appPrice);
        shown.datasetOwner = deal.datasetOwner;
        shown.datasetPrice = uint96(deal.datasetPrice);
        shown.workerpoolOwner = deal.workerpoolOwner;
        shown.workerpoolPrice = uint96(deal.workerpoolPrice);
        shown.requester = deal.requester;
        shown.workerReward = uint96(Reward.forWorkers(deal.workerpoolPrice, deal.schedulerPercent));
        shown.callback = deal.callback;
        shown.deadline = uint40(deal.contributionDeadline());
        shown.botFirst = uint16(deal.botFirst);
        shown.botSize = uint16(deal.botSize);
        shown.shortTag = bytes3(uint24(uint256(deal.tag)));
        shown.sponsor = deal.sponsor;
    }

    function _match(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request,
        address payer
    ) private returns (bytes32) {
        Reason.boost(request.trust <= 1, "Bad trust level");
        DealRecord.Terms memory deal;
        Agreement.Hashes memory hashes;
        deal.tag = Match.compatible(app, dataset, workerpool, request);
        Agreement.sign(app, dataset, workerpool, request, deal, hashes);
        Agreement.consume(app, dataset, workerpool, request, deal, hashes);
        Agreement.settle(app, dataset, workerpool, request, deal);
        deal.sponsor = payer;
        // A request's first classic deal counts itself; this one is not among those.
        Store.hub().consumed[hashes.request] = deal.botFirst + deal.botSize;
        _requireFits(deal);
        _deals().record[deal.dealid] = deal.save(request.params[0:0]);

        Escrow.lock(payer, deal.price() * deal.botSize);
        Escrow.lock(deal.workerpoolOwner, deal.poolStake() * deal.botSize);
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
        emit Matching.OrdersMatched(
            deal.dealid, hashes.app, hashes.dataset, hashes.workerpool, hashes.request, deal.botSize
        );
        return deal.dealid;
    }

    function _requireFits(DealRecord.Terms memory deal) private pure {
        _requireBits(16, deal.botFirst);
        _requireBits(16, deal.botSize);
        _requireBits(96, deal.appPrice);
        _requireBits(96, deal.datasetPrice);
        _requireBits(96, deal.workerpoolPrice);
    }

    function _requireBits(uint8 bits, uint256 value) private pure {
        if (value >> bits != 0) revert SafeCastOverflowedUintDowncast(bits, value);
    }

    /// @dev The deal and the id of a task of it that has not ended.
    function _open(bytes32 dealid, uint256 index)
        private
        view
        returns (DealRecord.Terms memory deal, bytes32 taskid)
    {
        address record = _deals().record[dealid];
        Reason.boost(record != address(0), "Unknown task");
        deal = DealRecord.load(record);
        Reason.boost(index < deal.botSize, "Unknown task");
        taskid = TaskState.id(dealid, index);
        Reason.boost(
            Store.hub().task[taskid].status() == TaskStatusEnum.UNSET, "Task status not unset"
        );
    }

    function _end(bytes32 taskid, TaskStatusEnum status) private {
        Store.hub().task[taskid] = TaskWord.wrap(uint256(status) << 160);
    }

    function _requireAuthorized(
        DealRecord.Terms memory deal,
        bytes32 taskid,
        address enclave,
        bytes calldata sign
    ) private view {
        Reason.boost(
            enclave != address(0) || !Tag.has(deal.tag, Tag.TEE), "Tag requires enclave challenge"
        );
        address signer = deal.workerpoolOwner;
        address broker = Store.hub().teeBroker;
        if (enclave != address(0) && broker != address(0)) signer = broker;
        bytes32 message = keccak256(abi.encodePacked(msg.sender, taskid, enclave));
        Reason.boost(
            Signature.verify(signer, Signature.ethereumMessage(message), sign),
            "Invalid contribution authorization signature"
        );
    }

    function _requireEnclave(bytes32 taskid, bytes32 digest, address enclave, bytes calldata sign)
        private
        view
    {
        if (enclave == address(0)) return;
        bytes32 message = keccak256(abi.encodePacked(msg.sender, taskid, digest));
        Reason.boost(
            Signature.verify(enclave, Signature.ethereumMessage(message), sign),
            "Invalid enclave signature"
        );
    }

    function _deals() private pure returns (Deals storage d) {
        assembly ("memory-safe") {
            d.slot := LOCATION
        }
    }
}
