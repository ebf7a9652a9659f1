// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Enumerable} from "@openzeppelin/contracts/interfaces/IERC721Enumerable.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/interfaces/IERC721Metadata.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ERC721Utils} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Utils.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Registry
/// @notice One kind of asset, as ERC-721: whoever owns the token of an entry owns the entry.
/// @dev The token's id is the entry's address. An entry is a clone of `master` whose content is in
/// its code, so the same owner and content always have the same address. Nothing is ever burnt:
/// a token costs one slot here, one in the list of all, and an eighth in its owner's list.
abstract contract Registry is IERC721Enumerable, IERC721Metadata, IERC721Errors, Ownable {
    /// @dev `index` in the list of all, `rank` in its owner's; `terms` is the registry's own.
    struct Token {
        address owner;
        uint32 index;
        uint32 rank;
        uint32 terms;
    }

    /// @notice There is no token at this position; `owner` is 0 for the list of all.
    error ERC721OutOfBoundsIndex(address owner, uint256 index);
    string public name;
    string public symbol;
    string public baseURI;
    /// @notice The registry this one continues: its entries count as registered here. 0 for none.
    Registry public previous;
    bool public initialized;

    /// @notice What every entry runs.
    address public immutable master;

    address[] private _all;
    mapping(uint256 tokenId => Token) internal _token;
    mapping(address owner => uint32[] indexes) private _owned;
    mapping(uint256 tokenId => address) private _approved;
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    constructor(address owner_, address master_, string memory name_, string memory symbol_)
        Ownable(owner_)
    {
        master = master_;
        name = name_;
        symbol = symbol_;
    }

    /// @notice Continues `previous_`. Once, by the owner.
    function initialize(address previous_) external onlyOwner {
        require(!initialized, "already initialized");
        initialized = true;
        previous = Registry(previous_);
    }

    function setBaseURI(string calldata baseURI_) external onlyOwner {
        baseURI = baseURI_;
    }

    /// @notice Reverse names are not offered.
    function setName(address, string calldata) external pure {
        revert("Operation not supported on this chain");
    }

    /// @notice Whether the entry is in this registry or in one it continues.
    function isRegistered(address entry) external view returns (bool) {
        if (_token[_id(entry)].owner != address(0)) return true;
        return address(previous) != address(0) && previous.isRegistered(entry);
    }

    /// @notice The code every entry begins with, and all of an entry without content.
    function proxyCode() public view returns (bytes memory) {
        return
            abi.encodePacked(hex"363d3d373d3d3d363d73", master, hex"5af43d82803e903d91602b57fd5bf3");
    }

    function proxyCodeHash() external view returns (bytes32) {
        return keccak256(proxyCode());
    }

    function totalSupply() external view returns (uint256) {
        return _all.length;
    }

    function balanceOf(address owner_) external view returns (uint256) {
        if (owner_ == address(0)) revert ERC721InvalidOwner(address(0));
        return _owned[owner_].length;
    }

    /// @notice The owner of an entry of this registry or of one it continues.
    function ownerOf(uint256 tokenId) public view returns (address owner_) {
        owner_ = _token[tokenId].owner;
        if (owner_ != address(0)) return owner_;
        if (address(previous) == address(0)) revert ERC721NonexistentToken(tokenId);
        return previous.ownerOf(tokenId);
    }

    function tokenByIndex(uint256 index) external view returns (uint256) {
        if (index >= _all.length) revert ERC721OutOfBoundsIndex(address(0), index);
        return _id(_all[index]);
    }

    function tokenOfOwnerByIndex(address owner_, uint256 index) external view returns (uint256) {
        uint32[] storage owned = _owned[owner_];
        if (index >= owned.length) revert ERC721OutOfBoundsIndex(owner_, index);
        return _id(_all[owned[index]]);
    }

    function tokenURI(uint256 tokenId) external view returns (string memory) {
        ownerOf(tokenId);
        return bytes(baseURI).length == 0 ? "" : string.concat(baseURI, Strings.toString(tokenId));
    }

    function approve(address to, uint256 tokenId) external {
        address owner_ = _ownHere(tokenId);
        if (msg.sender != owner_ && !isApprovedForAll[owner_][msg.sender]) {
            revert ERC721InvalidApprover(msg.sender);
        }
        _approved[tokenId] = to;
        emit Approval(owner_, to, tokenId);
    }

    function getApproved(uint256 tokenId) external view returns (address) {
        _ownHere(tokenId);
        return _approved[tokenId];
    }

    function setApprovalForAll(address operator, bool approved) external {
        if (operator == address(0)) revert ERC721InvalidOperator(operator);
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function transferFrom(address from, address to, uint256 tokenId) public {
        address owner_ = _ownHere(tokenId);
        if (
            msg.sender != owner_ && !isApprovedForAll[owner_][msg.sender]
                && msg.sender != _approved[tokenId]
        ) revert ERC721InsufficientApproval(msg.sender, tokenId);
        if (owner_ != from) revert ERC721IncorrectOwner(from, tokenId, owner_);
        if (to == address(0)) revert ERC721InvalidReceiver(to);
        delete _approved[tokenId];
        _disown(tokenId);
        _own(to, tokenId);
        emit Transfer(from, to, tokenId);
    }

    function safeTransferFrom(address from, address to, uint256 tokenId) external {
        safeTransferFrom(from, to, tokenId, "");
    }

    function safeTransferFrom(address from, address to, uint256 tokenId, bytes memory data) public {
        transferFrom(from, to, tokenId);
        ERC721Utils.checkOnERC721Received(msg.sender, from, to, tokenId, data);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC165).interfaceId || id == type(IERC721).interfaceId
            || id == type(IERC721Enumerable).interfaceId || id == type(IERC721Metadata).interfaceId;
    }

    /// @dev Makes the entry of `content` and gives it to `owner_`.
    function _create(address owner_, bytes memory content) internal returns (address entry) {
        if (owner_ == address(0)) revert ERC721InvalidReceiver(address(0));
        entry = _predict(owner_, content);
        uint256 tokenId = _id(entry);
        // A second creation would burn all gas: the address is compared first, for 900 gas.
        require(_token[tokenId].owner == address(0), "Create2: Failed on deploy");
        Clones.cloneDeterministicWithImmutableArgs(master, content, _salt(owner_));
        _token[tokenId].index = uint32(_all.length);
        _all.push(entry);
        _own(owner_, tokenId);
        emit Transfer(address(0), owner_, tokenId);
    }

    /// @dev Where `_create` would put the entry, or has put it.
    function _predict(address owner_, bytes memory content) internal view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(master, content, _salt(owner_));
    }

    function _id(address entry) internal pure returns (uint256) {
        return uint160(entry);
    }

    function _salt(address owner_) private pure returns (bytes32) {
        return bytes32(uint256(uint160(owner_)));
    }

    function _ownHere(uint256 tokenId) private view returns (address owner_) {
        owner_ = _token[tokenId].owner;
        if (owner_ == address(0)) revert ERC721NonexistentToken(tokenId);
    }

    function _own(address owner_, uint256 tokenId) private {
        Token storage token = _token[tokenId];
        token.owner = owner_;
        token.rank = uint32(_owned[owner_].length);
        _owned[owner_].push(token.index);
    }

    /// @dev The last token of the owner takes the place of the one that leaves.
    function _disown(uint256 tokenId) private {
        Token storage token = _token[tokenId];
        uint32[] storage owned = _owned[token.owner];
        uint32 last = owned[owned.length - 1];
        owned[token.rank] = last;
        _token[_id(_all[last])].rank = token.rank;
        owned.pop();
    }
}
