// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AssetRegistry, Group, PoolRegistry} from "../interfaces/Outside.sol";
import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "../interfaces/Orders.sol";
import {Reason} from "./Reason.sol";
import {Store} from "./Store.sol";
import {Tag} from "./Tag.sol";

/// @title Match
/// @notice Whether four orders go together. Signatures and volumes are looked at elsewhere.
/// @dev Mirrored off chain by `packages/protocol/src/match.ts`. Without dataset, the dataset order
/// is not signed: none of its fields may have any effect.
library Match {
    /// @dev ERC-734 purpose that makes a key a member of a group.
    uint256 internal constant GROUPMEMBER_PURPOSE = 4;

    /// @notice Reverts with the first reason against the match.
    /// @return tag What the tasks will need.
    function compatible(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request
    ) internal view returns (bytes32 tag) {
        bool withDataset = dataset.dataset != address(0);
        Reason.matching(request.category == workerpool.category, Reason.CATEGORY_MISMATCH);
        Reason.matching(Store.hub().category[request.category].exists, Reason.UNKNOWN_CATEGORY);
        Reason.matching(request.trust <= workerpool.trust, Reason.TRUST_TOO_HIGH);
        Reason.matching(app.appprice <= request.appmaxprice, Reason.APP_OVERPRICED);
        Reason.matching(
            !withDataset || dataset.datasetprice <= request.datasetmaxprice,
            Reason.DATASET_OVERPRICED
        );
        Reason.matching(
            workerpool.workerpoolprice <= request.workerpoolmaxprice, Reason.WORKERPOOL_OVERPRICED
        );
        tag = Tag.required(app.tag, withDataset ? dataset.tag : bytes32(0), request.tag);
        Reason.matching(Tag.covers(workerpool.tag, tag), Reason.TAG_NOT_COVERED);
        Reason.matching(!Tag.has(tag, Tag.TEE) || Tag.has(app.tag, Tag.TEE), Reason.APP_NOT_FOR_TEE);
        _restrictions(app, dataset, workerpool, request);
    }

    function _restrictions(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata workerpool,
        RequestOrder calldata request
    ) private view {
        address data = dataset.dataset;
        address pool = workerpool.workerpool;
        address requester = request.requester;
        Reason.matching(request.app == app.app, Reason.OTHER_APP_REQUESTED);
        Reason.matching(request.dataset == data, Reason.OTHER_DATASET_REQUESTED);
        Reason.matching(accepts(request.workerpool, pool), Reason.REQUEST_REFUSES_WORKERPOOL);
        Reason.matching(accepts(app.datasetrestrict, data), Reason.APP_REFUSES_DATASET);
        Reason.matching(accepts(app.workerpoolrestrict, pool), Reason.APP_REFUSES_WORKERPOOL);
        Reason.matching(accepts(app.requesterrestrict, requester), Reason.APP_REFUSES_REQUESTER);
        if (data != address(0)) {
            Reason.matching(accepts(dataset.apprestrict, app.app), Reason.DATASET_REFUSES_APP);
            Reason.matching(
                accepts(dataset.workerpoolrestrict, pool), Reason.DATASET_REFUSES_WORKERPOOL
            );
            Reason.matching(
                accepts(dataset.requesterrestrict, requester), Reason.DATASET_REFUSES_REQUESTER
            );
        }
        Reason.matching(accepts(workerpool.apprestrict, app.app), Reason.WORKERPOOL_REFUSES_APP);
        Reason.matching(
            accepts(workerpool.datasetrestrict, data), Reason.WORKERPOOL_REFUSES_DATASET
        );
        Reason.matching(
            accepts(workerpool.requesterrestrict, requester), Reason.WORKERPOOL_REFUSES_REQUESTER
        );
    }

    /// @notice Whether a restriction lets `account` through: 0 is anyone, an address is itself or,
    /// as a contract, the group it keeps (ERC-734).
    /// @dev A contract that reverts, or answers anything but true, refuses.
    function accepts(address restriction, address account) internal view returns (bool) {
        if (restriction == address(0) || restriction == account) return true;
        if (restriction.code.length == 0) return false;
        (bool answered, bytes memory answer) = restriction.staticcall(
            abi.encodeCall(
                Group.keyHasPurpose, (bytes32(uint256(uint160(account))), GROUPMEMBER_PURPOSE)
            )
        );
        return answered && answer.length >= 32 && uint256(bytes32(answer)) == 1;
    }

    /// @notice The owner of a registered asset, or 0.
    function ownerOf(address registry, address asset) internal view returns (address) {
        try AssetRegistry(registry).ownerOf(uint160(asset)) returns (address owner) {
            return owner;
        } catch {
            return address(0);
        }
    }

    /// @notice The owner of a registered workerpool, or 0, and the percentages of its policy.
    function offerOf(address registry, address pool)
        internal
        view
        returns (address, uint256, uint256)
    {
        try PoolRegistry(registry).offerOf(pool) returns (
            address owner, uint256 workerStakePercent, uint256 schedulerPercent
        ) {
            return (owner, workerStakePercent, schedulerPercent);
        } catch {
            return (address(0), 0, 0);
        }
    }
}
