// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TaskStatusEnum} from "../interfaces/Records.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {Batch} from "./Batch.sol";
import {Course} from "./Course.sol";
import {DealRecord} from "./DealRecord.sol";
import {Store} from "./Store.sol";
import {TaskState} from "./TaskState.sol";
import {activeTask} from "./TaskWord.sol";

/// @title Initialization
/// @notice How a task of a deal leaves UNSET.
library Initialization {
    /// @notice Opens one task.
    function open(bytes32 dealid, uint256 idx) internal returns (bytes32 taskid) {
        Store.DealSlot memory deal = _known(dealid);
        taskid = _open(deal.record, DealRecord.load(deal.record), dealid, idx, deal.sliced);
        _count(deal, dealid, 1);
    }

    /// @notice Opens many; consecutive tasks of one deal read and count it once.
    function openAll(bytes32[] calldata dealids, uint256[] calldata idxs) internal {
        uint256 count = dealids.length;
        if (count != idxs.length) revert TaskState.LengthMismatch(count, idxs.length);
        for (uint256 i = 0; i < count;) {
            bytes32 dealid = dealids[i];
            Store.DealSlot memory deal = _known(dealid);
            DealRecord.Terms memory terms = DealRecord.load(deal.record);
            uint256 first = i;
            for (; i < count && dealids[i] == dealid; ++i) {
                _open(deal.record, terms, dealid, idxs[i], deal.sliced);
            }
            _count(deal, dealid, i - first);
        }
    }

    function _known(bytes32 dealid) private view returns (Store.DealSlot memory deal) {
        deal = Store.hub().deal[dealid];
        if (deal.record == address(0)) revert TaskState.UnknownDeal(dealid);
        if (deal.closed) revert TaskState.DealIsClosed(dealid);
    }

    /// @dev A single task says by its own status whether it was opened: 2,900 gas saved.
    function _count(Store.DealSlot memory deal, bytes32 dealid, uint256 opened) private {
        if (deal.size > 1) Store.hub().deal[dealid].opened = deal.opened + uint32(opened);
    }

    function _open(
        address record,
        DealRecord.Terms memory terms,
        bytes32 dealid,
        uint256 idx,
        bool sliced
    ) private returns (bytes32 taskid) {
        if (idx < terms.botFirst || idx - terms.botFirst >= terms.botSize) {
            revert TaskState.IndexOutOfBag(idx, terms.botFirst, terms.botSize);
        }
        taskid = TaskState.id(dealid, idx);
        if (sliced) _requireAlone(dealid, idx, terms.botFirst);
        TaskState.requireStatus(Store.hub().task[taskid].status(), TaskStatusEnum.UNSET);
        Store.hub().task[taskid] = activeTask(record, idx - terms.botFirst);
        Course.begin(terms, taskid);
        emit Tasks.TaskInitialize(taskid, terms.workerpool);
    }

    /// @dev What a slice settles cannot be settled a second time.
    function _requireAlone(bytes32 dealid, uint256 idx, uint256 botFirst) private view {
        (bool found,) = Batch.find(dealid, idx - botFirst);
        if (found) revert TaskState.InASlice(dealid, idx);
    }
}
