// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Poco} from "../../src/Poco.sol";
import {Cut} from "../../src/diamond/Diamond.sol";
import {CounterV1, CounterV2} from "./Facets.sol";
import {vm} from "./Vm.sol";

/// @dev A hub with nothing but its plumbing and a counter.
abstract contract Plumbing {
    address internal stranger = address(0xbad);
    address internal plumbing;
    address internal v1;
    address internal v2;
    Poco internal hub;

    function setUp() public {
        plumbing = vm.deployCode("DiamondFacet.sol:DiamondFacet");
        v1 = address(new CounterV1());
        v2 = address(new CounterV2());
        hub = Poco(payable(vm.deployCode("Poco.sol:Poco", abi.encode(address(this), plumbing))));
        _cut(v1, Cut.FacetCutAction.Add, _counter());
    }

    function _counter() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = CounterV1.increment.selector;
        selectors[1] = CounterV1.counted.selector;
    }

    function _one(bytes4 selector) internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }

    function _cut(address facet, Cut.FacetCutAction action, bytes4[] memory selectors) internal {
        Cut.FacetCut[] memory cuts = new Cut.FacetCut[](1);
        cuts[0] = Cut.FacetCut(facet, action, selectors);
        Cut(address(hub)).diamondCut(cuts, address(0), "");
    }
}
