// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "./Orders.sol";
import {
    Account,
    AppInfo,
    Category,
    Contribution,
    ContributionStatusEnum,
    DatasetInfo,
    Deal,
    Task,
    TaskStatusEnum,
    WorkerpoolInfo
} from "./Records.sol";

/// @title Views
/// @notice Everything the hub knows. Unknown ids answer with zeroes.
interface Views {
    function viewDeal(bytes32 id) external view returns (Deal memory);
    function viewTask(bytes32 id) external view returns (Task memory);
    function viewContribution(bytes32 id, address worker)
        external
        view
        returns (Contribution memory);
    function viewScore(address worker) external view returns (uint256);
    function viewConsumed(bytes32 id) external view returns (uint256);
    function viewPresigned(bytes32 id) external view returns (address);

    /// @notice ERC-1154: the callback bytes of a completed task; `task-pending` before.
    function resultFor(bytes32 id) external view returns (bytes memory);

    /// @notice Volume a match of these orders would have. Nothing else is checked.
    function computeDealVolume(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external view returns (uint256);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function frozenOf(address account) external view returns (uint256);
    function allowance(address account, address spender) external view returns (uint256);
    function viewAccount(address account) external view returns (Account memory);
    function token() external view returns (address);
    function viewCategory(uint256 id) external view returns (Category memory);
    function countCategory() external view returns (uint256);
    function appregistry() external view returns (address);
    function datasetregistry() external view returns (address);
    function workerpoolregistry() external view returns (address);
    function teebroker() external view returns (address);
    function callbackgas() external view returns (uint256);
    function viewApp(address app) external view returns (AppInfo memory);
    function viewDataset(address dataset) external view returns (DatasetInfo memory);
    function viewWorkerpool(address workerpool) external view returns (WorkerpoolInfo memory);
    function contribution_deadline_ratio() external view returns (uint256);
    function reveal_deadline_ratio() external view returns (uint256);
    function final_deadline_ratio() external view returns (uint256);
    function workerpool_stake_ratio() external view returns (uint256);
    function kitty_ratio() external view returns (uint256);
    function kitty_min() external view returns (uint256);
    function kitty_address() external view returns (address);
    function groupmember_purpose() external view returns (uint256);
    function eip712domain_separator() external view returns (bytes32);
}

/// @title LegacyViews
/// @notice The same facts as flat tuples, for clients that cannot decode structs.
interface LegacyViews {
    function viewAccountABILegacy(address account)
        external
        view
        returns (uint256 stake, uint256 locked);
    function viewDealABILegacy_pt1(bytes32 id)
        external
        view
        returns (address, address, uint256, address, address, uint256, address, address, uint256);
    function viewDealABILegacy_pt2(bytes32 id)
        external
        view
        returns (uint256, bytes32, address, address, address, string memory);
    function viewConfigABILegacy(bytes32 id)
        external
        view
        returns (uint256, uint256, uint256, uint256, uint256, uint256);
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
        );
    function viewContributionABILegacy(bytes32 id, address worker)
        external
        view
        returns (ContributionStatusEnum, bytes32, bytes32, address);
    function viewCategoryABILegacy(uint256 id)
        external
        view
        returns (string memory, string memory, uint256);
}
