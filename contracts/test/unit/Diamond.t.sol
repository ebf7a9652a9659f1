// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Poco} from "../../src/Poco.sol";
import {Cut, Loupe, Ownership, TransparentContract} from "../../src/diamond/Diamond.sol";
import {DiamondFacet} from "../../src/diamond/DiamondFacet.sol";
import {Routes} from "../../src/diamond/Routes.sol";
import {TransparentFacet} from "../../src/diamond/TransparentFacet.sol";
import {CounterV1, CounterV2, Initializer} from "../support/Facets.sol";
import {vm} from "../support/Vm.sol";

contract DiamondTest {
    address internal stranger = address(0xbad);
    address internal plumbing;
    address internal v1;
    address internal v2;
    Poco internal hub;

    function setUp() public {
        plumbing = address(new DiamondFacet());
        v1 = address(new CounterV1());
        v2 = address(new CounterV2());
        hub = new Poco(address(this), plumbing);
        _cut(v1, Cut.FacetCutAction.Add, _counter());
    }

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

    function test_UpdateContract_RoutesByName() public {
        TransparentContract named = _named();
        named.updateContract(v2, "increment();counted();reset();", "second version");
        CounterV2(address(hub)).increment();
        vm.assertEq(CounterV2(address(hub)).counted(), 10, "replaced");
        vm.assertEq(named.delegateAddress("reset()"), v2, "added");
        vm.assertEq(named.delegateFunctionSignatures(v2), "increment();counted();reset();", "names");
        (string memory signature, address delegate) = named.functionById(CounterV2.reset.selector);
        vm.assertEq(signature, "reset()", "name");
        vm.assertEq(delegate, v2, "delegate");

        named.updateContract(address(0), "reset();", "no more");
        vm.assertTrue(!named.functionExists("reset()"), "removed");
        vm.expectRevert(bytes("fallback-disabled"));
        CounterV2(address(hub)).reset();
    }

    function test_UpdateContract_TellsBothStandards() public {
        TransparentContract named = _named();
        vm.recordLogs();
        named.updateContract(v2, "reset();", "why");
        vm.assertEq(vm.getRecordedLogs().length, 3, "DiamondCut, FunctionUpdate, CommitMessage");
        named.updateContract(v2, "reset();", "again");
        vm.assertEq(vm.getRecordedLogs().length, 1, "nothing changed but the message");
    }

    function test_UpdateContract_Rejects_WhenTheListIsMalformed() public {
        TransparentContract named = _named();
        vm.expectRevert(
            abi.encodeWithSelector(TransparentContract.MalformedSignatures.selector, "reset()")
        );
        named.updateContract(v2, "reset()", "");
        vm.expectRevert(
            abi.encodeWithSelector(TransparentContract.MalformedSignatures.selector, ";")
        );
        named.updateContract(v2, "reset();;", "");
    }

    function test_UpdateContract_Rejects_WhenTheCallerIsNotTheOwner() public {
        TransparentContract named = _named();
        bytes memory reason =
            abi.encodeWithSelector(Routes.NotContractOwner.selector, stranger, address(this));
        vm.expectRevert(reason);
        vm.prank(stranger);
        named.updateContract(v2, "reset();", "");
        vm.expectRevert(reason);
        vm.prank(stranger);
        named.nameFunctions("increment();");
    }

    function test_NameFunctions_NamesWhatIsRouted() public {
        TransparentContract named = _named();
        (string memory before, address at) = named.functionById(CounterV1.increment.selector);
        vm.assertEq(before, "", "unknown at first");
        vm.assertEq(at, v1, "but routed");
        named.nameFunctions("increment();");
        vm.assertEq(named.functionSignatures(), "increment();", "named");
        vm.expectRevert(
            abi.encodeWithSelector(Routes.SelectorUnknown.selector, CounterV2.reset.selector)
        );
        named.nameFunctions("reset();");
    }

    function test_Receive_HasAName() public {
        TransparentContract named = _named();
        named.updateContract(v1, "receive;", "take ether");
        vm.assertEq(named.delegateAddress("receive"), v1, "by name");
        vm.assertEq(Loupe(address(hub)).facetAddress(bytes4(0)), v1, "selector zero");
    }

    function test_FunctionByIndex_GoesThroughAll() public {
        TransparentContract named = _named();
        uint256 total = named.totalFunctions();
        vm.assertEq(total, 10 + 10, "plumbing, counter, and the names themselves");
        for (uint256 i = 0; i < total; ++i) {
            (, bytes4 id, address delegate) = named.functionByIndex(i);
            vm.assertEq(Loupe(address(hub)).facetAddress(id), delegate, "route");
        }
        vm.assertEq(named.delegateAddresses().length, 3, "facets");
        vm.expectRevert(
            abi.encodeWithSelector(TransparentFacet.NoFunctionAt.selector, total, total)
        );
        named.functionByIndex(total);
    }

    function _named() private returns (TransparentContract) {
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = TransparentContract.updateContract.selector;
        selectors[1] = TransparentContract.nameFunctions.selector;
        selectors[2] = TransparentContract.totalFunctions.selector;
        selectors[3] = TransparentContract.functionByIndex.selector;
        selectors[4] = TransparentContract.functionById.selector;
        selectors[5] = TransparentContract.functionExists.selector;
        selectors[6] = TransparentContract.functionSignatures.selector;
        selectors[7] = TransparentContract.delegateFunctionSignatures.selector;
        selectors[8] = TransparentContract.delegateAddress.selector;
        selectors[9] = TransparentContract.delegateAddresses.selector;
        _cut(address(new TransparentFacet()), Cut.FacetCutAction.Add, selectors);
        return TransparentContract(address(hub));
    }

    function _counter() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = CounterV1.increment.selector;
        selectors[1] = CounterV1.counted.selector;
    }

    function _one(bytes4 selector) private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }

    function _cut(address facet, Cut.FacetCutAction action, bytes4[] memory selectors) private {
        Cut.FacetCut[] memory cuts = new Cut.FacetCut[](1);
        cuts[0] = Cut.FacetCut(facet, action, selectors);
        Cut(address(hub)).diamondCut(cuts, address(0), "");
    }

    function _initialize(address initializer, bytes memory data) private {
        Cut(address(hub)).diamondCut(new Cut.FacetCut[](0), initializer, data);
    }
}
