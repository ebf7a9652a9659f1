// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Routes
/// @notice Which facet answers which selector, and who may change that (ERC-2535).
/// @dev Dispatch reads one slot. The lists beside it exist for the loupe only. A selector's place in
/// its facet's list shares the slot with the facet's address.
library Routes {
    struct Route {
        address facet;
        uint96 index;
    }

    /// @dev Eight selectors a slot. An array with a length of its own would take one more slot.
    struct Facet {
        uint32 index;
        uint32 count;
        bytes4[1024] selectors;
    }

    struct Table {
        mapping(bytes4 selector => Route) route;
        mapping(address facet => Facet) facet;
        address[] facets;
        address owner;
        /// Full signatures of what was routed by name (ERC-1538).
        mapping(bytes4 selector => string) signature;
        /// The names of all others: see `Names.sol`.
        address names;
    }

    /// @notice The caller is not the owner.
    error NotContractOwner(address caller, address owner);
    error NoCode(address target);
    error SelectorTaken(bytes4 selector, address facet);
    error SelectorUnknown(bytes4 selector);
    error SelectorAlreadyThere(bytes4 selector, address facet);
    error NoSelectors(address facet);
    error RemovalNamesFacet(address facet);

    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Routes") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0xc43a890844a8a7245e5bb38fbe0909a9ecb3de2e6ca29e860517f99823736800;

    function table() internal pure returns (Table storage t) {
        assembly ("memory-safe") {
            t.slot := LOCATION
        }
    }

    function onlyOwner() internal view {
        address owner = table().owner;
        if (msg.sender != owner) revert NotContractOwner(msg.sender, owner);
    }

    /// @notice What `facet` answers.
    function selectorsOf(Table storage self, address facet)
        internal
        view
        returns (bytes4[] memory selectors)
    {
        Facet storage known = self.facet[facet];
        selectors = new bytes4[](known.count);
        for (uint256 i = 0; i < selectors.length; ++i) {
            selectors[i] = known.selectors[i];
        }
    }

    /// @notice Routes new selectors to `facet`. Reverts when one is taken.
    function add(Table storage self, address facet, bytes4[] memory selectors) internal {
        _requireSelectors(facet, selectors);
        for (uint256 i = 0; i < selectors.length; ++i) {
            Route storage route = self.route[selectors[i]];
            if (route.facet != address(0)) revert SelectorTaken(selectors[i], route.facet);
            _put(self, facet, selectors[i]);
        }
    }

    /// @notice Routes selectors that exist to another facet.
    function replace(Table storage self, address facet, bytes4[] memory selectors) internal {
        _requireSelectors(facet, selectors);
        for (uint256 i = 0; i < selectors.length; ++i) {
            if (self.route[selectors[i]].facet == facet) {
                revert SelectorAlreadyThere(selectors[i], facet);
            }
            _take(self, selectors[i]);
            _put(self, facet, selectors[i]);
        }
    }

    /// @notice Nothing answers these selectors any more.
    function remove(Table storage self, address facet, bytes4[] memory selectors) internal {
        if (facet != address(0)) revert RemovalNamesFacet(facet);
        if (selectors.length == 0) revert NoSelectors(facet);
        for (uint256 i = 0; i < selectors.length; ++i) {
            _take(self, selectors[i]);
        }
    }

    function _put(Table storage self, address facet, bytes4 selector) private {
        Facet storage known = self.facet[facet];
        uint32 count = known.count;
        if (count == 0) {
            known.index = uint32(self.facets.length);
            self.facets.push(facet);
        }
        self.route[selector] = Route({facet: facet, index: count});
        known.selectors[count] = selector;
        known.count = count + 1;
    }

    function _take(Table storage self, bytes4 selector) private {
        Route memory route = self.route[selector];
        if (route.facet == address(0)) revert SelectorUnknown(selector);
        Facet storage known = self.facet[route.facet];
        uint32 left = known.count - 1;
        bytes4 last = known.selectors[left];
        known.selectors[route.index] = last;
        self.route[last].index = route.index;
        known.selectors[left] = 0;
        known.count = left;
        delete self.route[selector];
        if (left == 0) _forget(self, route.facet);
    }

    function _forget(Table storage self, address facet) private {
        uint32 index = self.facet[facet].index;
        address last = self.facets[self.facets.length - 1];
        self.facets[index] = last;
        self.facet[last].index = index;
        self.facets.pop();
        self.facet[facet].index = 0;
    }

    function _requireSelectors(address facet, bytes4[] memory selectors) private view {
        if (selectors.length == 0) revert NoSelectors(facet);
        if (facet.code.length == 0) revert NoCode(facet);
    }
}
