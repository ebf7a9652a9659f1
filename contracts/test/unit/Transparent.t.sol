// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cut, Loupe, TransparentContract} from "../../src/diamond/Diamond.sol";
import {Routes} from "../../src/diamond/Routes.sol";
import {TransparentFacet} from "../../src/diamond/TransparentFacet.sol";
import {CounterV1, CounterV2} from "../support/Facets.sol";
import {Plumbing} from "../support/Plumbing.sol";
import {vm} from "../support/Vm.sol";

contract Short {}

/// @dev The hub's routes by the names of functions (ERC-1538).
contract TransparentTest is Plumbing {
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
        named.nameFunctions(v1);
    }

    function test_NameFunctions_NamesWhatIsRouted() public {
        TransparentContract named = _named();
        (string memory before, address at) = named.functionById(CounterV1.increment.selector);
        vm.assertEq(before, "", "unknown at first");
        vm.assertEq(at, v1, "but routed");
        // Three pairs, one made of another. Nothing is routed for reset.
        address book = _book("()co\x81u", "increment\x80;\x82nted\x80;reset\x80;receive;");
        named.nameFunctions(book);
        vm.assertEq(named.nameBook(), book, "book");
        vm.assertEq(named.functionSignatures(), "increment();counted();", "named");
        vm.assertEq(named.delegateFunctionSignatures(v1), "increment();counted();", "of one");
        (string memory signature,) = named.functionById(CounterV1.counted.selector);
        vm.assertEq(signature, "counted()", "by id");
        (signature,) = named.functionById(CounterV2.reset.selector);
        vm.assertEq(signature, "", "not routed");
        named.updateContract(v2, "reset();", "told by its name");
        vm.assertEq(named.functionSignatures(), "increment();counted();reset();", "both ways");
    }

    function test_NameFunctions_Rejects_WhenThereIsNoBook() public {
        TransparentContract named = _named();
        vm.expectRevert(abi.encodeWithSelector(Routes.NoCode.selector, stranger));
        named.nameFunctions(stranger);
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
        vm.assertEq(total, 10 + 11, "plumbing, counter, and the names themselves");
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
        bytes4[] memory selectors = new bytes4[](11);
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
        selectors[10] = TransparentContract.nameBook.selector;
        address facet = vm.deployCode("TransparentFacet.sol:TransparentFacet");
        _cut(facet, Cut.FacetCutAction.Add, selectors);
        return TransparentContract(address(hub));
    }

    function test_NameFunctions_NamesNothing_WhenItIsNoBook() public {
        TransparentContract named = _named();
        named.nameFunctions(_book("", ""));
        vm.assertEq(named.functionSignatures(), "", "an empty book");
        named.nameFunctions(address(new Short()));
        vm.assertEq(named.functionSignatures(), "", "too short");
    }

    /// @dev A contract whose code is a STOP, 128 pairs and these names.
    function _book(bytes memory pairs, bytes memory names) private returns (address at) {
        bytes memory code = bytes.concat(hex"00", pairs, new bytes(256 - pairs.length), names);
        bytes memory creation =
            bytes.concat(hex"61", bytes2(uint16(code.length)), hex"80600a5f395ff3", code);
        assembly {
            at := create(0, add(creation, 32), mload(creation))
        }
    }
}
