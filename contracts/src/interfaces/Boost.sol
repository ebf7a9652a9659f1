// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "./Orders.sol";
import {DealBoost} from "./Records.sol";

/// @title BoostMatching
/// @notice Orders become trust 1 deals that are settled by a push.
interface BoostMatching {
    event SchedulerNoticeBoost(
        address indexed workerpool,
        bytes32 dealId,
        address app,
        address dataset,
        uint256 category,
        bytes32 tag,
        string params,
        address beneficiary
    );
    event DealSponsoredBoost(bytes32 dealId, address sponsor);

    function matchOrdersBoost(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32);

    function sponsorMatchOrdersBoost(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32);
}

/// @title Boost
/// @notice Trust 1 deals settled in two transactions: match, then push each result.
/// @dev Reverts with `PocoBoost: …` sentences. Task indexes are relative: 0 to botSize - 1.
interface Boost {
    event ResultPushedBoost(bytes32 dealId, uint256 index, bytes results);

    function pushResultBoost(
        bytes32 dealId,
        uint256 index,
        bytes calldata results,
        bytes calldata resultsCallback,
        bytes calldata authorizationSign,
        address enclaveChallenge,
        bytes calldata enclaveSign
    ) external;

    function claimBoost(bytes32 dealId, uint256 index) external;

    function viewDealBoost(bytes32 id) external view returns (DealBoost memory);
}
