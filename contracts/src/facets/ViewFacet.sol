// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "../interfaces/Orders.sol";
import {AppEntry, DatasetEntry, WorkerpoolEntry} from "../interfaces/Outside.sol";
import {
    Account,
    AppInfo,
    Category,
    Contribution,
    DatasetInfo,
    Deal,
    Task,
    TaskStatusEnum,
    WorkerpoolInfo
} from "../interfaces/Records.sol";
import {Views} from "../interfaces/Views.sol";
import {Batch} from "../libraries/Batch.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Match} from "../libraries/Match.sol";
import {Order} from "../libraries/Order.sol";
import {Reason} from "../libraries/Reason.sol";
import {Store} from "../libraries/Store.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {TaskView} from "../libraries/TaskView.sol";
import {LegacyView} from "./LegacyView.sol";

/// @title ViewFacet
/// @notice Everything the hub knows, in the shape clients of the protocol know.
contract ViewFacet is Views, LegacyView {
    /// @inheritdoc Views
    function viewDeal(bytes32 id) external view returns (Deal memory deal) {
        address record = Store.hub().deal[id].record;
        if (record != address(0)) deal = DealRecord.view_(record);
    }

    /// @inheritdoc Views
    function viewTask(bytes32 id) external view returns (Task memory) {
        return TaskView.task(id);
    }

    /// @inheritdoc Views
    function viewContribution(bytes32 id, address worker)
        external
        view
        returns (Contribution memory)
    {
        return TaskView.contribution(id, worker);
    }

    /// @notice See `Batches.sliceOf`.
    function sliceOf(bytes32 dealid, uint256 idx) public view returns (bytes32) {
        address record = Store.hub().deal[dealid].record;
        if (record == address(0)) return 0;
        uint256 botFirst = DealRecord.load(record).botFirst;
        if (idx < botFirst) return 0;
        (bool found, uint256 at) = Batch.find(dealid, idx - botFirst);
        if (!found) return 0;
        Batch.Slice memory slice = Batch.book().slices[dealid][at];
        return Batch.id(dealid, slice.first, slice.count);
    }

    /// @notice See `Batches.viewTaskAt`.
    function viewTaskAt(bytes32 dealid, uint256 idx) external view returns (Task memory task) {
        task = TaskView.task(TaskState.id(dealid, idx));
        if (task.status != TaskStatusEnum.UNSET) return task;
        bytes32 sliceid = sliceOf(dealid, idx);
        if (sliceid == 0) return task;
        task = TaskView.task(sliceid);
        task.idx = idx;
        // The slice's digest is the root of all, not the result of this one.
        task.resultDigest = 0;
    }

    /// @inheritdoc Views
    function viewScore(address worker) external view returns (uint256) {
        return Store.hub().wallet[worker].funds.score();
    }

    /// @inheritdoc Views
    function viewConsumed(bytes32 id) external view returns (uint256) {
        return Order.consumed(id);
    }

    /// @inheritdoc Views
    function viewPresigned(bytes32 id) external view returns (address) {
        return Store.hub().presigned[id];
    }

    /// @inheritdoc Views
    function resultFor(bytes32 id) external view returns (bytes memory) {
        require(Store.hub().task[id].status() == TaskStatusEnum.COMPLETED, Reason.TASK_PENDING);
        return TaskView.task(id).resultsCallback;
    }

    /// @inheritdoc Views
    function computeDealVolume(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external view returns (uint256 volume) {
        bytes32 domain = Order.separator();
        volume = _least(
            Order.MAX_VOLUME, _left(apporder.volume, Order.digest(domain, Order.hash(apporder)))
        );
        if (datasetorder.dataset != address(0)) {
            volume = _least(
                volume, _left(datasetorder.volume, Order.digest(domain, Order.hash(datasetorder)))
            );
        }
        volume = _least(
            volume, _left(workerpoolorder.volume, Order.digest(domain, Order.hash(workerpoolorder)))
        );
        volume = _least(
            volume, _left(requestorder.volume, Order.digest(domain, Order.hash(requestorder)))
        );
    }

    function name() external view returns (string memory) {
        return Store.hub().name;
    }

    function symbol() external view returns (string memory) {
        return Store.hub().symbol;
    }

    function decimals() external view returns (uint8) {
        return Store.hub().decimals;
    }

    function totalSupply() external view returns (uint256) {
        return Store.hub().totalSupply;
    }

    function balanceOf(address account) external view returns (uint256) {
        return Store.hub().wallet[account].funds.free();
    }

    function frozenOf(address account) external view returns (uint256) {
        return _locked(account);
    }

    function allowance(address account, address spender) external view returns (uint256) {
        return Store.hub().allowance[account][spender];
    }

    function viewAccount(address account) external view returns (Account memory) {
        return Account({stake: Store.hub().wallet[account].funds.free(), locked: _locked(account)});
    }

    function token() external view returns (address) {
        return Store.hub().token;
    }

    function viewCategory(uint256 id) external view returns (Category memory) {
        Store.CategorySlot memory slot = Store.hub().category[id];
        require(slot.exists);
        Store.CategoryText storage text = Store.hub().categoryText[id];
        return Category(text.name, text.description, slot.clock);
    }

    function countCategory() external view returns (uint256) {
        return Store.hub().categories;
    }

    function appregistry() external view returns (address) {
        return Store.hub().appRegistry;
    }

    function datasetregistry() external view returns (address) {
        return Store.hub().datasetRegistry;
    }

    function workerpoolregistry() external view returns (address) {
        return Store.hub().workerpoolRegistry;
    }

    function teebroker() external view returns (address) {
        return Store.hub().teeBroker;
    }

    function callbackgas() external view returns (uint256) {
        return Store.hub().settings.callbackGas;
    }

    function viewApp(address app) external view returns (AppInfo memory) {
        AppEntry entry = AppEntry(app);
        return AppInfo(
            entry.owner(),
            entry.m_appName(),
            entry.m_appType(),
            entry.m_appMultiaddr(),
            entry.m_appChecksum(),
            entry.m_appMREnclave()
        );
    }

    function viewDataset(address dataset) external view returns (DatasetInfo memory) {
        DatasetEntry entry = DatasetEntry(dataset);
        return DatasetInfo(
            entry.owner(),
            entry.m_datasetName(),
            entry.m_datasetMultiaddr(),
            entry.m_datasetChecksum()
        );
    }

    function viewWorkerpool(address workerpool) external view returns (WorkerpoolInfo memory) {
        WorkerpoolEntry entry = WorkerpoolEntry(workerpool);
        return WorkerpoolInfo(
            entry.owner(),
            entry.m_workerpoolDescription(),
            entry.m_workerStakeRatioPolicy(),
            entry.m_schedulerRewardRatioPolicy()
        );
    }

    function contribution_deadline_ratio() external pure returns (uint256) {
        return Store.CONTRIBUTION_RATIO;
    }

    function reveal_deadline_ratio() external pure returns (uint256) {
        return Store.REVEAL_RATIO;
    }

    function final_deadline_ratio() external pure returns (uint256) {
        return Store.FINAL_RATIO;
    }

    function workerpool_stake_ratio() external pure returns (uint256) {
        return Store.POOL_STAKE_PERCENT;
    }

    function kitty_ratio() external pure returns (uint256) {
        return Store.KITTY_PERCENT;
    }

    function kitty_min() external pure returns (uint256) {
        return Store.KITTY_MIN;
    }

    function kitty_address() external pure returns (address) {
        return Store.KITTY;
    }

    function groupmember_purpose() external pure returns (uint256) {
        return Match.GROUPMEMBER_PURPOSE;
    }

    function eip712domain_separator() external view returns (bytes32) {
        return Order.separator();
    }

    /// @dev The kitty has no key and no deals: what it locks is kept with the settings.
    function _locked(address account) private view returns (uint256 locked) {
        locked = Store.hub().wallet[account].funds.locked();
        if (account == Store.KITTY) locked += Store.hub().settings.kitty;
    }

    function _left(uint256 volume, bytes32 orderHash) private view returns (uint256) {
        return volume - Order.consumed(orderHash);
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
