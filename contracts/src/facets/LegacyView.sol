// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    Contribution,
    ContributionStatusEnum,
    Deal,
    Task,
    TaskStatusEnum
} from "../interfaces/Records.sol";
import {LegacyViews} from "../interfaces/Views.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Funds} from "../libraries/Funds.sol";
import {Store} from "../libraries/Store.sol";
import {TaskView} from "../libraries/TaskView.sol";

/// @title LegacyView
/// @notice The views as flat tuples: the part of `ViewFacet` that older clients read.
abstract contract LegacyView is LegacyViews {
    /// @inheritdoc LegacyViews
    function viewAccountABILegacy(address account) external view returns (uint256, uint256) {
        Funds funds = Store.hub().wallet[account].funds;
        uint256 kitty = account == Store.KITTY ? Store.hub().settings.kitty : 0;
        return (funds.free(), funds.locked() + kitty);
    }

    /// @inheritdoc LegacyViews
    function viewDealABILegacy_pt1(bytes32 id)
        external
        view
        returns (address, address, uint256, address, address, uint256, address, address, uint256)
    {
        Deal memory deal = _deal(id);
        return (
            deal.app.pointer,
            deal.app.owner,
            deal.app.price,
            deal.dataset.pointer,
            deal.dataset.owner,
            deal.dataset.price,
            deal.workerpool.pointer,
            deal.workerpool.owner,
            deal.workerpool.price
        );
    }

    /// @inheritdoc LegacyViews
    function viewDealABILegacy_pt2(bytes32 id)
        external
        view
        returns (uint256, bytes32, address, address, address, string memory)
    {
        Deal memory deal = _deal(id);
        return (deal.trust, deal.tag, deal.requester, deal.beneficiary, deal.callback, deal.params);
    }

    /// @inheritdoc LegacyViews
    function viewConfigABILegacy(bytes32 id)
        external
        view
        returns (uint256, uint256, uint256, uint256, uint256, uint256)
    {
        Deal memory deal = _deal(id);
        return (
            deal.category,
            deal.startTime,
            deal.botFirst,
            deal.botSize,
            deal.workerStake,
            deal.schedulerRewardRatio
        );
    }

    /// @inheritdoc LegacyViews
    function viewTaskABILegacy(bytes32 id)
        external
        view
        returns (
            TaskStatusEnum,
            bytes32,
            uint256,
            uint256,
            uint256,
            uint256,
            uint256,
            bytes32,
            uint256,
            uint256,
            address[] memory,
            bytes memory
        )
    {
        Task memory task = TaskView.task(id);
        return (
            task.status,
            task.dealid,
            task.idx,
            task.timeref,
            task.contributionDeadline,
            task.revealDeadline,
            task.finalDeadline,
            task.consensusValue,
            task.revealCounter,
            task.winnerCounter,
            task.contributors,
            task.results
        );
    }

    /// @inheritdoc LegacyViews
    function viewContributionABILegacy(bytes32 id, address worker)
        external
        view
        returns (ContributionStatusEnum, bytes32, bytes32, address)
    {
        Contribution memory shown = TaskView.contribution(id, worker);
        return (shown.status, shown.resultHash, shown.resultSeal, shown.enclaveChallenge);
    }

    /// @inheritdoc LegacyViews
    /// @dev Out of range: Panic(0x32), as an array would.
    function viewCategoryABILegacy(uint256 id)
        external
        view
        returns (string memory, string memory, uint256)
    {
        Store.CategorySlot memory slot = Store.hub().category[id];
        if (!slot.exists) return (new string[](0)[id], "", 0);
        Store.CategoryText storage text = Store.hub().categoryText[id];
        return (text.name, text.description, slot.clock);
    }

    function _deal(bytes32 id) private view returns (Deal memory deal) {
        address record = Store.hub().deal[id].record;
        if (record != address(0)) deal = DealRecord.view_(record);
    }
}
