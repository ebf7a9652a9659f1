// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cut, Loupe, Ownership} from "./diamond/Diamond.sol";
import {Routes} from "./diamond/Routes.sol";

/// @title Poco
/// @notice The hub: one address, whose functions live in facets (ERC-2535).
/// @dev It holds storage and dispatch, nothing else. Ether without calldata goes to whatever facet is
/// routed for selector 0: the native escrow, or nobody.
contract Poco {
    using Routes for Routes.Table;

    /// @param owner Who may cut, and configure.
    /// @param plumbing A deployed `DiamondFacet`.
    constructor(address owner, address plumbing) {
        Routes.Table storage table = Routes.table();
        table.owner = owner;
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = Cut.diamondCut.selector;
        selectors[1] = Loupe.facets.selector;
        selectors[2] = Loupe.facetFunctionSelectors.selector;
        selectors[3] = Loupe.facetAddresses.selector;
        selectors[4] = Loupe.facetAddress.selector;
        selectors[5] = Loupe.supportsInterface.selector;
        selectors[6] = Ownership.owner.selector;
        selectors[7] = Ownership.transferOwnership.selector;
        table.add(plumbing, selectors);
        emit Ownership.OwnershipTransferred(address(0), owner);
    }

    receive() external payable {
        _delegate(bytes4(0));
    }

    fallback() external payable {
        _delegate(msg.sig);
    }

    /// @dev Assembly, since what comes back has no type here.
    function _delegate(bytes4 selector) private {
        address facet = Routes.table().route[selector].facet;
        require(facet != address(0), "fallback-disabled");
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), facet, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}
