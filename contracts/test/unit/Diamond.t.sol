// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cut, Loupe, Ownership} from "../../src/diamond/Diamond.sol";
import {DiamondFacet} from "../../src/diamond/DiamondFacet.sol";
import {Routes} from "../../src/diamond/Routes.sol";
import {CounterV1, CounterV2, Initializer} from "../support/Facets.sol";
import {Plumbing} from "../support/Plumbing.sol";
import {vm} from "../support/Vm.sol";

contract DiamondTest is Plumbing {
    function test_Cut_KeepsState_WhenAFacetIsReplaced() public {
        CounterV1(payable(address(hub))).increment();
        _cut(v2, Cut.FacetCutAction.Replace, _counter());
        CounterV2(address(hub)).increment();
        vm.assertEq(CounterV2(address(hub)).counted(), 11, "one of the old, ten of the new");
        vm.assertEq(Loupe(address(hub)).facetAddress(CounterV1.increment.selector), v2, "route");
        vm.assertEq(Loupe(address(hub)).facetFunctionSelectors(v1).length, 0, "old facet");
    }

    function test_Cut_Rejects_WhenASelectorIsTaken() public {
        bytes4[] memory clash = _one(CounterV1.increment.selector);
        vm.expectRevert(abi.encodeWithSelector(Routes.SelectorTaken.selector, clash[0], v1));
        _cut(v2, Cut.FacetCutAction.Add, clash);
    }

    function test_Cut_Rejects_WhenItReplacesAFacetByItself() public {
        bytes4[] memory same = _one(CounterV1.increment.selector);
        vm.expectRevert(abi.encodeWithSelector(Routes.SelectorAlreadyThere.selector, same[0], v1));
        _cut(v1, Cut.FacetCutAction.Replace, same);
    }

    function test_Cut_Rejects_WhenTheSelectorIsUnknown() public {
        bytes4[] memory unknown = _one(CounterV2.reset.selector);
        bytes memory reason = abi.encodeWithSelector(Routes.SelectorUnknown.selector, unknown[0]);
        vm.expectRevert(reason);
        _cut(v2, Cut.FacetCutAction.Replace, unknown);
        vm.expectRevert(reason);
        _cut(address(0), Cut.FacetCutAction.Remove, unknown);
    }

    function test_Cut_Rejects_WhenTheFacetHasNoCodeOrNoSelectors() public {
        vm.expectRevert(abi.encodeWithSelector(Routes.NoCode.selector, stranger));
        _cut(stranger, Cut.FacetCutAction.Add, _one(CounterV2.reset.selector));
        vm.expectRevert(abi.encodeWithSelector(Routes.NoSelectors.selector, v2));
        _cut(v2, Cut.FacetCutAction.Add, new bytes4[](0));
        vm.expectRevert(abi.encodeWithSelector(Routes.NoSelectors.selector, address(0)));
        _cut(address(0), Cut.FacetCutAction.Remove, new bytes4[](0));
    }

    function test_Cut_Rejects_WhenARemovalNamesAFacet() public {
        vm.expectRevert(abi.encodeWithSelector(Routes.RemovalNamesFacet.selector, v1));
        _cut(v1, Cut.FacetCutAction.Remove, _counter());
    }

    function test_Cut_Rejects_WhenTheCallerIsNotTheOwner() public {
        vm.expectRevert(
            abi.encodeWithSelector(Routes.NotContractOwner.selector, stranger, address(this))
        );
        vm.prank(stranger);
        Cut(address(hub)).diamondCut(new Cut.FacetCut[](0), address(0), "");
    }

    function test_Cut_RunsTheInitializer_InTheHubsStorage() public {
        _initialize(address(new Initializer()), abi.encodeCall(Initializer.startAt, (7)));
        vm.assertEq(CounterV1(payable(address(hub))).counted(), 7, "set by the initializer");
    }

    function test_Cut_UndoesEverything_WhenTheInitializerFails() public {
        address initializer = address(new Initializer());
        Cut.FacetCut[] memory cuts = new Cut.FacetCut[](1);
        cuts[0] = Cut.FacetCut(v2, Cut.FacetCutAction.Add, _one(CounterV2.reset.selector));
        vm.expectRevert(abi.encodeWithSelector(Initializer.Refused.selector, 3));
        Cut(address(hub)).diamondCut(cuts, initializer, abi.encodeCall(Initializer.refuse, (3)));
        vm.assertEq(
            Loupe(address(hub)).facetAddress(CounterV2.reset.selector), address(0), "undone"
        );

        bytes memory silent = abi.encodeCall(Initializer.fail, ());
        vm.expectRevert(
            abi.encodeWithSelector(Cut.InitializationFunctionReverted.selector, initializer, silent)
        );
        _initialize(initializer, silent);
        vm.expectRevert(abi.encodeWithSelector(Routes.NoCode.selector, stranger));
        _initialize(stranger, "");
    }

    function test_Fallback_IsDisabled_ForUnknownSelectors() public {
        vm.expectRevert(bytes("fallback-disabled"));
        CounterV2(address(hub)).reset();
        vm.deal(address(this), 1);
        vm.expectRevert(bytes("fallback-disabled"));
        (bool ok,) = address(hub).call{value: 1}("");
        ok;
    }

    function test_Receive_GoesToTheFacet_RoutedForSelectorZero() public {
        _cut(v1, Cut.FacetCutAction.Add, _one(bytes4(0)));
        vm.deal(address(this), 1);
        (bool ok,) = address(hub).call{value: 1}("");
        vm.assertTrue(ok, "received");
        vm.assertEq(address(hub).balance, 1, "kept");
    }

    function test_Loupe_ListsEverySelectorOnce() public view {
        Loupe.Facet[] memory facets = Loupe(address(hub)).facets();
        vm.assertEq(facets.length, 2, "plumbing and counter");
        vm.assertEq(facets[0].facetAddress, plumbing, "first");
        vm.assertEq(facets[0].functionSelectors.length, 8, "plumbing");
        vm.assertEq(facets[1].functionSelectors.length, 2, "counter");
        address[] memory addresses = Loupe(address(hub)).facetAddresses();
        vm.assertEq(addresses.length, 2, "addresses");
        vm.assertEq(addresses[1], v1, "second");
    }

    function test_SupportsInterface_OfTheStandardsItFollows() public view {
        Loupe loupe = Loupe(address(hub));
        bytes4[4] memory known = [bytes4(0x01ffc9a7), 0x7f5828d0, 0x1f931c1c, 0x48e2b093];
        for (uint256 i = 0; i < known.length; ++i) {
            vm.assertTrue(loupe.supportsInterface(known[i]), "known");
        }
        vm.assertTrue(!loupe.supportsInterface(0xffffffff), "never");
    }

    function test_TransferOwnership_HandsOverTheHub() public {
        vm.expectRevert(DiamondFacet.NewOwnerIsZero.selector);
        Ownership(address(hub)).transferOwnership(address(0));
        Ownership(address(hub)).transferOwnership(stranger);
        vm.assertEq(Ownership(address(hub)).owner(), stranger, "new owner");
        vm.expectRevert(
            abi.encodeWithSelector(Routes.NotContractOwner.selector, address(this), stranger)
        );
        Ownership(address(hub)).transferOwnership(address(this));
    }

    /// Whatever is added, moved and removed, the lists and the routes say the same.
    function testFuzz_Cut_KeepsListsAndRoutesEqual(uint256 seed, uint8 steps) public {
        address[2] memory facets = [v1, v2];
        uint256 expected = 10;
        for (uint256 i = 0; i < steps % 40; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            bytes4 selector = bytes4(uint32(1 + dice % 6));
            address at = Loupe(address(hub)).facetAddress(selector);
            address other = facets[(dice >> 8) % 2];
            if (at == address(0)) {
                _cut(other, Cut.FacetCutAction.Add, _one(selector));
                ++expected;
            } else if (at != other) {
                _cut(other, Cut.FacetCutAction.Replace, _one(selector));
            } else {
                _cut(address(0), Cut.FacetCutAction.Remove, _one(selector));
                --expected;
            }
        }
        uint256 listed;
        Loupe.Facet[] memory all = Loupe(address(hub)).facets();
        for (uint256 i = 0; i < all.length; ++i) {
            vm.assertTrue(all[i].functionSelectors.length > 0, "no empty facet");
            for (uint256 j = 0; j < all[i].functionSelectors.length; ++j) {
                vm.assertEq(
                    Loupe(address(hub)).facetAddress(all[i].functionSelectors[j]),
                    all[i].facetAddress,
                    "route"
                );
                ++listed;
            }
        }
        vm.assertEq(listed, expected, "all listed");
    }

    function _initialize(address initializer, bytes memory data) private {
        Cut(address(hub)).diamondCut(new Cut.FacetCut[](0), initializer, data);
    }
}
