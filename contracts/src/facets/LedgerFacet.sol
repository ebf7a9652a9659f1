// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowEvents, Ledger} from "../interfaces/Escrow.sol";
import {ApprovalReceiver} from "../interfaces/Outside.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Reason} from "../libraries/Reason.sol";
import {Store} from "../libraries/Store.sol";

/// @title LedgerFacet
/// @notice The free money of accounts, as an ERC-20 token.
contract LedgerFacet is Ledger {
    /// @notice The spender was approved for less than the call needs.
    error InsufficientAllowance(address spender, uint256 available, uint256 needed);

    /// @inheritdoc Ledger
    function transfer(address to, uint256 value) external returns (bool) {
        _transfer(msg.sender, to, value);
        return true;
    }

    /// @inheritdoc Ledger
    function approve(address spender, uint256 value) external returns (bool) {
        _approve(msg.sender, spender, value);
        return true;
    }

    /// @inheritdoc Ledger
    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        _transfer(from, to, value);
        _approve(from, msg.sender, _less(from, msg.sender, value));
        return true;
    }

    /// @inheritdoc Ledger
    function increaseAllowance(address spender, uint256 added) external returns (bool) {
        _approve(msg.sender, spender, Store.hub().allowance[msg.sender][spender] + added);
        return true;
    }

    /// @inheritdoc Ledger
    function decreaseAllowance(address spender, uint256 subtracted) external returns (bool) {
        _approve(msg.sender, spender, _less(msg.sender, spender, subtracted));
        return true;
    }

    /// @inheritdoc Ledger
    function approveAndCall(address spender, uint256 value, bytes calldata extraData)
        external
        returns (bool)
    {
        _approve(msg.sender, spender, value);
        require(
            ApprovalReceiver(spender).receiveApproval(msg.sender, value, address(this), extraData),
            Reason.APPROVAL_REFUSED
        );
        return true;
    }

    function _transfer(address from, address to, uint256 value) private {
        require(from != address(0), Reason.TRANSFER_FROM_ZERO);
        require(to != address(0), Reason.TRANSFER_TO_ZERO);
        Escrow.debit(from, value);
        Escrow.credit(to, value);
        emit EscrowEvents.Transfer(from, to, value);
    }

    function _approve(address owner, address spender, uint256 value) private {
        require(owner != address(0), Reason.APPROVE_FROM_ZERO);
        require(spender != address(0), Reason.APPROVE_TO_ZERO);
        Store.hub().allowance[owner][spender] = value;
        emit EscrowEvents.Approval(owner, spender, value);
    }

    function _less(address owner, address spender, uint256 value) private view returns (uint256) {
        uint256 allowed = Store.hub().allowance[owner][spender];
        if (value > allowed) revert InsufficientAllowance(spender, allowed, value);
        return allowed - value;
    }
}
