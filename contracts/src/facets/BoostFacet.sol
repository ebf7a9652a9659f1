// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Boost} from "../interfaces/Boost.sol";
import {DealBoost, TaskStatusEnum} from "../interfaces/Records.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {BoostBook} from "../libraries/BoostBook.sol";
import {Callback} from "../libraries/Callback.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Payment} from "../libraries/Payment.sol";
import {Reason} from "../libraries/Reason.sol";
import {Reward} from "../libraries/Reward.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";
import {Tag} from "../libraries/Tag.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskWord} from "../libraries/TaskWord.sol";

/// @title BoostFacet
/// @notice Tasks of trust 1 whose results are pushed and paid in one transaction each.
/// @dev Money is that of classic deals: the sponsor's, per task, each task once.
abstract contract BoostFacet is Boost {
    using DealRecord for DealRecord.Terms;

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
        address record = BoostBook.book().record[id];
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

    /// @dev The deal and the id of a task of it that has not ended.
    function _open(bytes32 dealid, uint256 index)
        private
        view
        returns (DealRecord.Terms memory deal, bytes32 taskid)
    {
        address record = BoostBook.book().record[dealid];
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
}
