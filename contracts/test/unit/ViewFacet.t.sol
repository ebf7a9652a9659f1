// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    Account,
    AppInfo,
    Contribution,
    ContributionStatusEnum,
    DatasetInfo,
    Deal,
    Task,
    TaskStatusEnum,
    WorkerpoolInfo
} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {vm} from "../support/Vm.sol";

contract ViewFacetTest is Base {
    function test_Views_AnswerZeroes_WhenTheIdIsUnknown() public view {
        Deal memory deal = hub.viewDeal("none");
        vm.assertEq(deal.app.pointer, address(0), "deal");
        vm.assertEq(bytes(deal.params).length, 0, "params");
        Task memory task = hub.viewTask("none");
        vm.assertEq(uint256(task.status), 0, "task");
        vm.assertEq(task.contributors.length, 0, "contributors");
        Contribution memory contribution = hub.viewContribution("none", requester);
        vm.assertEq(uint256(contribution.status), 0, "contribution");
        vm.assertEq(hub.viewScore(requester) + hub.viewConsumed("none"), 0, "numbers");
    }

    function test_Constants_AreThoseOfTheProtocol() public view {
        vm.assertEq(hub.contribution_deadline_ratio(), 7, "contribution");
        vm.assertEq(hub.reveal_deadline_ratio(), 2, "reveal");
        vm.assertEq(hub.final_deadline_ratio(), 10, "final");
        vm.assertEq(hub.workerpool_stake_ratio(), 30, "stake");
        vm.assertEq(hub.kitty_ratio(), 10, "kitty");
        vm.assertEq(hub.kitty_min(), 1e9, "kitty min");
        vm.assertEq(
            hub.kitty_address(),
            address(uint160((uint256(keccak256("iExecKitty")) >> 96) - 1)),
            "kitty address"
        );
        vm.assertEq(hub.groupmember_purpose(), 4, "purpose");
    }

    function test_Assets_AreShownByTheHub() public view {
        AppInfo memory a = hub.viewApp(app);
        vm.assertEq(a.owner, appOwner, "app owner");
        vm.assertEq(a.m_appType, "WASI", "type");
        vm.assertEq(a.m_appChecksum, keccak256("app"), "checksum");
        DatasetInfo memory d = hub.viewDataset(dataset);
        vm.assertEq(d.owner, datasetOwner, "dataset owner");
        vm.assertEq(d.m_datasetMultiaddr, "/ipfs/dataset", "multiaddr");
        WorkerpoolInfo memory w = hub.viewWorkerpool(pool);
        vm.assertEq(w.owner, scheduler, "pool owner");
        vm.assertEq(w.m_workerStakeRatioPolicy, 30, "stake");
        vm.assertEq(w.m_schedulerRewardRatioPolicy, 1, "reward");
    }

    function test_LegacyViews_SayTheSame() public {
        bytes32 dealid = matched(withDataset(ordersFor(4, 2)));
        bytes32 taskid = hub.initialize(dealid, 1);
        vote(0, taskid, "digest");
        vote(1, taskid, "digest");
        reveal(0, taskid, "digest");
        Deal memory deal = hub.viewDeal(dealid);
        (address p,,, address d,, uint256 price,,, uint256 poolPrice) =
            hub.viewDealABILegacy_pt1(dealid);
        vm.assertEq(p, deal.app.pointer, "app");
        vm.assertEq(d, deal.dataset.pointer, "dataset");
        vm.assertEq(price, deal.dataset.price, "price");
        vm.assertEq(poolPrice, deal.workerpool.price, "price");
        (uint256 trust,, address asked,,, string memory params) = hub.viewDealABILegacy_pt2(dealid);
        vm.assertEq(trust, 4, "trust");
        vm.assertEq(asked, requester, "requester");
        vm.assertEq(params, deal.params, "params");
        (, uint256 start,, uint256 size, uint256 stake,) = hub.viewConfigABILegacy(dealid);
        vm.assertEq(start, deal.startTime, "start");
        vm.assertEq(size, 2, "size");
        vm.assertEq(stake, WORKER_STAKE, "stake");
        checkTask(taskid, dealid);
        (uint256 stakeNow, uint256 lockedNow) = hub.viewAccountABILegacy(requester);
        Account memory account = hub.viewAccount(requester);
        vm.assertEq(stakeNow, account.stake, "stake");
        vm.assertEq(lockedNow, account.locked, "locked");
        (ContributionStatusEnum status, bytes32 hash,,) =
            hub.viewContributionABILegacy(taskid, worker(0));
        vm.assertEq(uint256(status), uint256(ContributionStatusEnum.PROVED), "status");
        vm.assertEq(hash, resultHash(taskid, "digest"), "hash");
        (, lockedNow) = hub.viewAccountABILegacy(KITTY);
        vm.assertEq(lockedNow, locked(KITTY), "kitty");
        (address none,,,,,,,,) = hub.viewDealABILegacy_pt1("none");
        vm.assertEq(none, address(0), "unknown");
    }

    function checkTask(bytes32 taskid, bytes32 dealid) private view {
        (
            TaskStatusEnum status,
            bytes32 ofDeal,
            uint256 idx,,,,,,
            uint256 revealed,
            uint256 winners,
            address[] memory contributors,
        ) = hub.viewTaskABILegacy(taskid);
        vm.assertEq(uint256(status), uint256(TaskStatusEnum.REVEALING), "status");
        vm.assertEq(ofDeal, dealid, "deal");
        vm.assertEq(idx, 1, "index");
        vm.assertEq(revealed, 1, "revealed");
        vm.assertEq(winners, 2, "winners");
        vm.assertEq(contributors[1], worker(1), "contributor");
    }
}
