// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowNative} from "../interfaces/Escrow.sol";
import {Owned} from "../interfaces/Outside.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Reason} from "../libraries/Reason.sol";
import {Store} from "../libraries/Store.sol";

/// @title EscrowNativeFacet
/// @notice Deposits and withdrawals in the chain's own coin. Calldata nobody knows is refused by
/// the hub: only plain coins are a deposit.
contract EscrowNativeFacet is EscrowNative {
    /// @dev Wei in one nRLC.
    uint256 private constant UNIT = 1e9;

    /// @notice The amounts add up to more than was sent. In wei.
    error ValueTooLow(uint256 sent, uint256 needed);

    /// @inheritdoc EscrowNative
    receive() external payable {
        _deposit(msg.sender);
    }

    /// @inheritdoc EscrowNative
    function deposit() external payable returns (bool) {
        _deposit(msg.sender);
        return true;
    }

    /// @inheritdoc EscrowNative
    function depositFor(address target) external payable returns (bool) {
        _deposit(target);
        return true;
    }

    /// @inheritdoc EscrowNative
    function depositForArray(uint256[] calldata amounts, address[] calldata targets)
        external
        payable
        returns (bool)
    {
        require(amounts.length == targets.length, Reason.INVALID_ARRAY_LENGTH);
        uint256 needed;
        for (uint256 i = 0; i < amounts.length; ++i) {
            needed += amounts[i] * UNIT;
            Escrow.mint(targets[i], amounts[i]);
        }
        if (needed > msg.value) revert ValueTooLow(msg.value, needed);
        _send(msg.sender, msg.value - needed);
        return true;
    }

    /// @inheritdoc EscrowNative
    function withdraw(uint256 amount) external returns (bool) {
        Escrow.burn(msg.sender, amount);
        _send(msg.sender, amount * UNIT);
        return true;
    }

    /// @inheritdoc EscrowNative
    function withdrawTo(uint256 amount, address target) external returns (bool) {
        Escrow.burn(msg.sender, amount);
        _send(target, amount * UNIT);
        return true;
    }

    /// @inheritdoc EscrowNative
    function recover() external returns (uint256 surplus) {
        address owner = Owned(address(this)).owner();
        require(msg.sender == owner, Reason.NOT_OWNER);
        surplus = address(this).balance / UNIT - Store.hub().totalSupply;
        Escrow.mint(owner, surplus);
    }

    function _deposit(address target) private {
        Escrow.mint(target, msg.value / UNIT);
        _send(msg.sender, msg.value % UNIT);
    }

    function _send(address target, uint256 value) private {
        if (value == 0) return;
        (bool sent,) = target.call{value: value}("");
        require(sent, Reason.NATIVE_TRANSFER_FAILED);
    }
}
