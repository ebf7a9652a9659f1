// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cut, Ownership} from "../../src/diamond/Diamond.sol";
import {Batches} from "../../src/interfaces/Batches.sol";
import {Boost, BoostMatching} from "../../src/interfaces/Boost.sol";
import {Bulk} from "../../src/interfaces/Bulk.sol";
import {Configuration} from "../../src/interfaces/Configuration.sol";
import {Contests} from "../../src/interfaces/Contests.sol";
import {EscrowNative, EscrowToken, Ledger} from "../../src/interfaces/Escrow.sol";
import {Matching} from "../../src/interfaces/Matching.sol";
import {OrderManagement, Relay} from "../../src/interfaces/OrderManagement.sol";
import {Tasks} from "../../src/interfaces/Tasks.sol";
import {LegacyViews, Views} from "../../src/interfaces/Views.sol";
import {vm} from "./Vm.sol";

/// @dev Puts a hub together as `contracts/deploy` does, without leaving Solidity.
contract HubBuilder {
    Cut.FacetCut[] private _cuts;

    function build(address owner, bool native) external returns (address) {
        delete _cuts;
        _views();
        _tasks();
        _rare();
        _orders();
        if (native) _native();
        else _token();
        address hub =
            vm.deployCode("Poco.sol:Poco", abi.encode(address(this), _new("DiamondFacet")));
        Cut(hub).diamondCut(_cuts, address(0), "");
        Ownership(hub).transferOwnership(owner);
        return hub;
    }

    function _new(string memory name) private returns (address) {
        return vm.deployCode(string.concat(name, ".sol:", name));
    }

    function _cut(address facet, bytes memory selectors) private {
        bytes4[] memory list = new bytes4[](selectors.length / 4);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = bytes4(
                bytes.concat(
                    selectors[4 * i],
                    selectors[4 * i + 1],
                    selectors[4 * i + 2],
                    selectors[4 * i + 3]
                )
            );
        }
        _cuts.push(Cut.FacetCut(facet, Cut.FacetCutAction.Add, list));
    }

    function _tasks() private {
        _cut(
            _new("ContributeFacet"),
            abi.encodePacked(
                Tasks.initialize.selector,
                Tasks.initializeCommitted.selector,
                Tasks.initializeArray.selector,
                Tasks.contribute.selector,
                Tasks.reveal.selector,
                Batches.contributeSigned.selector,
                Batches.revealFor.selector
            )
        );
        _cut(
            _new("SettleFacet"),
            abi.encodePacked(
                Tasks.contributeAndFinalize.selector, Tasks.finalize.selector, Tasks.reopen.selector
            )
        );
    }

    function _rare() private {
        bytes memory ends = abi.encodePacked(
            Tasks.claim.selector,
            Tasks.claimArray.selector,
            Tasks.initializeAndClaimArray.selector,
            Tasks.claimUntouched.selector,
            Contests.contest.selector
        );
        bytes memory many = abi.encodePacked(
            Batches.openSlice.selector,
            Batches.carve.selector,
            Batches.proveResult.selector,
            Batches.proveResultWithCallback.selector,
            Bulk.openBulk.selector,
            Bulk.takeDatasets.selector,
            Bulk.settleDatasets.selector,
            Bulk.viewUse.selector,
            Bulk.assertDatasetDealCompatibility.selector
        );
        bytes memory boost = abi.encodePacked(
            Boost.pushResultBoost.selector, Boost.claimBoost.selector, Boost.viewDealBoost.selector
        );
        bytes memory orders = abi.encodePacked(
            OrderManagement.manageAppOrder.selector,
            OrderManagement.manageDatasetOrder.selector,
            OrderManagement.manageWorkerpoolOrder.selector,
            OrderManagement.manageRequestOrder.selector,
            OrderManagement.revokeAllOrders.selector,
            OrderManagement.viewEpoch.selector,
            Relay.broadcastAppOrder.selector,
            Relay.broadcastDatasetOrder.selector,
            Relay.broadcastWorkerpoolOrder.selector,
            Relay.broadcastRequestOrder.selector
        );
        _cut(_new("RareFacet"), bytes.concat(ends, many, boost, orders));
    }

    function _orders() private {
        _cut(
            _new("MatchFacet"),
            abi.encodePacked(
                Matching.matchOrders.selector,
                Matching.sponsorMatchOrders.selector,
                Matching.verifySignature.selector,
                Matching.verifyPresignature.selector,
                Matching.verifyPresignatureOrSignature.selector,
                BoostMatching.matchOrdersBoost.selector,
                BoostMatching.sponsorMatchOrdersBoost.selector
            )
        );
        _cut(
            _new("ConfigFacet"),
            abi.encodePacked(
                Configuration.configure.selector,
                Configuration.domain.selector,
                Configuration.updateDomainSeparator.selector,
                Configuration.importScore.selector,
                Configuration.setTeeBroker.selector,
                Configuration.setCallbackGas.selector,
                Configuration.changeRegistries.selector,
                Configuration.createCategory.selector,
                Configuration.setPolicy.selector,
                Configuration.viewPolicy.selector
            )
        );
    }

    function _token() private {
        _cut(
            _new("EscrowTokenFacet"),
            abi.encodePacked(
                EscrowToken.deposit.selector,
                EscrowToken.depositFor.selector,
                EscrowToken.depositForArray.selector,
                EscrowToken.withdraw.selector,
                EscrowToken.withdrawTo.selector,
                EscrowToken.recover.selector,
                EscrowToken.receiveApproval.selector
            )
        );
    }

    function _native() private {
        _cut(
            _new("EscrowNativeFacet"),
            abi.encodePacked(
                bytes4(0),
                EscrowNative.deposit.selector,
                EscrowNative.depositFor.selector,
                EscrowNative.depositForArray.selector,
                EscrowNative.withdraw.selector,
                EscrowNative.withdrawTo.selector,
                EscrowNative.recover.selector
            )
        );
    }

    function _views() private {
        bytes memory first = abi.encodePacked(
            Views.viewDeal.selector,
            Views.viewTask.selector,
            Views.viewContribution.selector,
            Views.viewScore.selector,
            Views.viewConsumed.selector,
            Views.viewPresigned.selector,
            Views.resultFor.selector,
            Views.computeDealVolume.selector,
            Views.name.selector,
            Views.symbol.selector,
            Views.decimals.selector,
            Views.totalSupply.selector,
            Views.balanceOf.selector,
            Views.frozenOf.selector,
            Views.allowance.selector
        );
        bytes memory second = abi.encodePacked(
            Views.viewAccount.selector,
            Views.token.selector,
            Views.viewCategory.selector,
            Views.countCategory.selector,
            Views.appregistry.selector,
            Views.datasetregistry.selector,
            Views.workerpoolregistry.selector,
            Views.teebroker.selector,
            Views.callbackgas.selector,
            Views.viewApp.selector,
            Views.viewDataset.selector,
            Views.viewWorkerpool.selector
        );
        bytes memory third = abi.encodePacked(
            Views.contribution_deadline_ratio.selector,
            Views.reveal_deadline_ratio.selector,
            Views.final_deadline_ratio.selector,
            Views.workerpool_stake_ratio.selector,
            Views.kitty_ratio.selector,
            Views.kitty_min.selector,
            Views.kitty_address.selector,
            Views.groupmember_purpose.selector,
            Views.eip712domain_separator.selector
        );
        bytes memory fourth = abi.encodePacked(
            Batches.sliceOf.selector,
            Batches.viewTaskAt.selector,
            LegacyViews.viewAccountABILegacy.selector,
            LegacyViews.viewDealABILegacy_pt1.selector,
            LegacyViews.viewDealABILegacy_pt2.selector,
            LegacyViews.viewConfigABILegacy.selector,
            LegacyViews.viewTaskABILegacy.selector,
            LegacyViews.viewContributionABILegacy.selector,
            LegacyViews.viewCategoryABILegacy.selector
        );
        _cut(_new("ViewFacet"), bytes.concat(first, second, third, fourth));
        _cut(
            _new("LedgerFacet"),
            abi.encodePacked(
                Ledger.transfer.selector,
                Ledger.approve.selector,
                Ledger.transferFrom.selector,
                Ledger.increaseAllowance.selector,
                Ledger.decreaseAllowance.selector,
                Ledger.approveAndCall.selector
            )
        );
    }
}
