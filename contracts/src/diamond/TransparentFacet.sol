// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cut, TransparentContract} from "./Diamond.sol";
import {Names} from "./Names.sol";
import {Routes} from "./Routes.sol";

/// @title TransparentFacet
/// @notice The hub's table of routes as ERC-1538 shows it: by the names of functions.
contract TransparentFacet is TransparentContract {
    using Names for Names.Book;
    using Routes for Routes.Table;

    /// @notice There is no function at this place.
    error NoFunctionAt(uint256 index, uint256 total);

    /// @inheritdoc TransparentContract
    function updateContract(
        address delegate,
        string calldata functionSignatures_,
        string calldata commitMessage
    ) external {
        Routes.onlyOwner();
        bytes calldata rest = bytes(functionSignatures_);
        while (rest.length > 0) {
            bytes calldata signature;
            (signature, rest) = _next(rest);
            _route(delegate, string(signature));
        }
        emit CommitMessage(commitMessage);
    }

    /// @inheritdoc TransparentContract
    function nameFunctions(address book) external {
        Routes.onlyOwner();
        if (book.code.length == 0) revert Routes.NoCode(book);
        Routes.table().names = book;
    }

    /// @inheritdoc TransparentContract
    function nameBook() external view returns (address) {
        return Routes.table().names;
    }

    /// @inheritdoc TransparentContract
    function totalFunctions() external view returns (uint256) {
        return _total(Routes.table());
    }

    /// @inheritdoc TransparentContract
    function functionByIndex(uint256 index)
        external
        view
        returns (string memory signature, bytes4 functionId, address delegate)
    {
        Routes.Table storage table = Routes.table();
        uint256 left = index;
        for (uint256 i = 0; i < table.facets.length; ++i) {
            delegate = table.facets[i];
            Routes.Facet storage facet = table.facet[delegate];
            if (left < facet.count) {
                functionId = facet.selectors[left];
                return (_nameOf(table, _names(table), functionId), functionId, delegate);
            }
            left -= facet.count;
        }
        revert NoFunctionAt(index, _total(table));
    }

    /// @inheritdoc TransparentContract
    function functionById(bytes4 id)
        external
        view
        returns (string memory signature, address delegate)
    {
        Routes.Table storage table = Routes.table();
        delegate = table.route[id].facet;
        if (delegate != address(0)) signature = _nameOf(table, _names(table), id);
    }

    /// @inheritdoc TransparentContract
    function functionExists(string calldata signature) external view returns (bool) {
        return _delegateOf(signature) != address(0);
    }

    /// @inheritdoc TransparentContract
    function functionSignatures() external view returns (string memory signatures) {
        Routes.Table storage table = Routes.table();
        Names.Book memory book = _names(table);
        for (uint256 i = 0; i < table.facets.length; ++i) {
            signatures = string.concat(signatures, _signaturesOf(table, book, table.facets[i]));
        }
    }

    /// @inheritdoc TransparentContract
    function delegateFunctionSignatures(address delegate) external view returns (string memory) {
        Routes.Table storage table = Routes.table();
        return _signaturesOf(table, _names(table), delegate);
    }

    /// @inheritdoc TransparentContract
    function delegateAddress(string calldata signature) external view returns (address) {
        return _delegateOf(signature);
    }

    /// @inheritdoc TransparentContract
    function delegateAddresses() external view returns (address[] memory) {
        return Routes.table().facets;
    }

    /// @dev ERC-2535 wants its own event for every change, whichever door it came through.
    function _route(address delegate, string memory signature) private {
        Routes.Table storage table = Routes.table();
        bytes4 id = Names.idOf(bytes(signature));
        address before = table.route[id].facet;
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = id;
        Cut.FacetCut[] memory cuts = new Cut.FacetCut[](1);
        cuts[0] = Cut.FacetCut(delegate, Cut.FacetCutAction.Replace, selectors);
        if (delegate == address(0)) {
            cuts[0].action = Cut.FacetCutAction.Remove;
            table.remove(delegate, selectors);
            delete table.signature[id];
        } else {
            table.signature[id] = signature;
            if (before == delegate) return;
            if (before == address(0)) {
                cuts[0].action = Cut.FacetCutAction.Add;
                table.add(delegate, selectors);
            } else {
                table.replace(delegate, selectors);
            }
        }
        emit Cut.DiamondCut(cuts, address(0), "");
        emit FunctionUpdate(id, before, delegate, signature);
    }

    /// @dev What is before the first `;`, and what is after it.
    function _next(bytes calldata list)
        private
        pure
        returns (bytes calldata signature, bytes calldata rest)
    {
        uint256 end;
        while (end < list.length && list[end] != ";") ++end;
        if (end == list.length || end == 0) revert MalformedSignatures(string(list));
        return (list[:end], list[end + 1:]);
    }

    function _delegateOf(string calldata signature) private view returns (address) {
        return Routes.table().route[Names.idOf(bytes(signature))].facet;
    }

    function _names(Routes.Table storage table) private view returns (Names.Book memory) {
        return Names.read(table.names);
    }

    function _nameOf(Routes.Table storage table, Names.Book memory book, bytes4 id)
        private
        view
        returns (string memory signature)
    {
        signature = table.signature[id];
        if (bytes(signature).length == 0) signature = book.find(id);
    }

    function _signaturesOf(Routes.Table storage table, Names.Book memory book, address delegate)
        private
        view
        returns (string memory signatures)
    {
        bytes4[] memory selectors = table.selectorsOf(delegate);
        for (uint256 i = 0; i < selectors.length; ++i) {
            string memory signature = _nameOf(table, book, selectors[i]);
            if (bytes(signature).length == 0) continue;
            signatures = string.concat(signatures, signature, ";");
        }
    }

    function _total(Routes.Table storage table) private view returns (uint256 total) {
        for (uint256 i = 0; i < table.facets.length; ++i) {
            total += table.facet[table.facets[i]].count;
        }
    }
}
