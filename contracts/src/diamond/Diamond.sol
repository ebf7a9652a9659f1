// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice ERC-2535: changing which facet answers what.
interface Cut {
    enum FacetCutAction {
        Add,
        Replace,
        Remove
    }

    struct FacetCut {
        address facetAddress;
        FacetCutAction action;
        bytes4[] functionSelectors;
    }

    event DiamondCut(FacetCut[] _diamondCut, address _init, bytes _calldata);

    /// @notice The initialiser failed without saying why.
    error InitializationFunctionReverted(address initializer, bytes data);

    /// @notice Applies `_diamondCut` in order, then runs `_calldata` on `_init` (0 for none) in the
    /// hub's storage. Only the owner; all or nothing.
    function diamondCut(FacetCut[] calldata _diamondCut, address _init, bytes calldata _calldata)
        external;
}

/// @notice ERC-2535: looking at which facet answers what.
interface Loupe {
    struct Facet {
        address facetAddress;
        bytes4[] functionSelectors;
    }

    function facets() external view returns (Facet[] memory);
    function facetFunctionSelectors(address _facet) external view returns (bytes4[] memory);
    function facetAddresses() external view returns (address[] memory);
    function facetAddress(bytes4 _functionSelector) external view returns (address);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

/// @notice ERC-173.
interface Ownership {
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    function owner() external view returns (address);
    function transferOwnership(address newOwner) external;
}

/// @notice ERC-1538 over the same table, for integrators of the hubs before version 6.
/// @dev A function has a name here once the owner told it: by routing it with `updateContract`, or
/// with a book of names. Until then its signature reads empty. `receive` names the ether that comes
/// without calldata.
interface TransparentContract {
    event CommitMessage(string message);
    event FunctionUpdate(
        bytes4 indexed functionId,
        address indexed oldDelegate,
        address indexed newDelegate,
        string functionSignature
    );

    /// @notice `signatures` is not a list like `a(uint256);b();`.
    error MalformedSignatures(string signatures);

    /// @notice Routes the functions named in `functionSignatures` (`a(uint256);b();`) to `delegate`;
    /// to nothing when it is 0. Only the owner.
    function updateContract(
        address delegate,
        string calldata functionSignatures,
        string calldata commitMessage
    ) external;

    /// @notice Takes the names of functions from the code of `book` (see `Names.sol`). Only the
    /// owner: two names may share a selector. A name whose function is not routed shows nowhere.
    function nameFunctions(address book) external;

    /// @notice Where the names are kept; 0 if they were not told.
    function nameBook() external view returns (address);

    function totalFunctions() external view returns (uint256);
    function functionByIndex(uint256 index)
        external
        view
        returns (string memory signature, bytes4 functionId, address delegate);
    function functionById(bytes4 id)
        external
        view
        returns (string memory signature, address delegate);
    function functionExists(string calldata signature) external view returns (bool);
    function functionSignatures() external view returns (string memory);
    function delegateFunctionSignatures(address delegate) external view returns (string memory);
    function delegateAddress(string calldata signature) external view returns (address);
    function delegateAddresses() external view returns (address[] memory);
}
