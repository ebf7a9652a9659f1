// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cut, Loupe, Ownership} from "./Diamond.sol";
import {Routes} from "./Routes.sol";

/// @title DiamondFacet
/// @notice The hub's own plumbing: cut, loupe and ownership.
contract DiamondFacet is Cut, Loupe, Ownership {
    using Routes for Routes.Table;

    error NewOwnerIsZero();

    /// @inheritdoc Cut
    function diamondCut(FacetCut[] calldata _diamondCut, address _init, bytes calldata _calldata)
        external
        override
    {
        Routes.onlyOwner();
        Routes.Table storage table = Routes.table();
        for (uint256 i = 0; i < _diamondCut.length; ++i) {
            FacetCut calldata cut = _diamondCut[i];
            if (cut.action == FacetCutAction.Add) {
                table.add(cut.facetAddress, cut.functionSelectors);
            } else if (cut.action == FacetCutAction.Replace) {
                table.replace(cut.facetAddress, cut.functionSelectors);
            } else {
                table.remove(cut.facetAddress, cut.functionSelectors);
            }
        }
        emit DiamondCut(_diamondCut, _init, _calldata);
        _initialize(_init, _calldata);
    }

    /// @inheritdoc Loupe
    function facets() external view override returns (Facet[] memory all) {
        Routes.Table storage table = Routes.table();
        all = new Facet[](table.facets.length);
        for (uint256 i = 0; i < all.length; ++i) {
            address facet = table.facets[i];
            all[i] = Facet(facet, table.selectorsOf(facet));
        }
    }

    /// @inheritdoc Loupe
    function facetFunctionSelectors(address _facet)
        external
        view
        override
        returns (bytes4[] memory)
    {
        return Routes.table().selectorsOf(_facet);
    }

    /// @inheritdoc Loupe
    function facetAddresses() external view override returns (address[] memory) {
        return Routes.table().facets;
    }

    /// @inheritdoc Loupe
    function facetAddress(bytes4 _functionSelector) external view override returns (address) {
        return Routes.table().route[_functionSelector].facet;
    }

    /// @inheritdoc Loupe
    /// @dev ERC-165, ERC-173, and both halves of ERC-2535, whose ids are fixed by their functions.
    function supportsInterface(bytes4 interfaceId) external pure override returns (bool) {
        return interfaceId == 0x01ffc9a7 || interfaceId == 0x7f5828d0
            || interfaceId == type(Cut).interfaceId || interfaceId == 0x48e2b093;
    }

    /// @inheritdoc Ownership
    function owner() external view override returns (address) {
        return Routes.table().owner;
    }

    /// @inheritdoc Ownership
    function transferOwnership(address newOwner) external override {
        Routes.onlyOwner();
        if (newOwner == address(0)) revert NewOwnerIsZero();
        Routes.table().owner = newOwner;
        emit OwnershipTransferred(msg.sender, newOwner);
    }

    function _initialize(address init, bytes calldata data) private {
        if (init == address(0)) return;
        if (init.code.length == 0) revert Routes.NoCode(init);
        (bool ok, bytes memory answer) = init.delegatecall(data);
        if (ok) return;
        if (answer.length == 0) revert InitializationFunctionReverted(init, data);
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
