// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowEvents} from "../interfaces/Escrow.sol";
import {Funds} from "./Funds.sol";
import {Reason} from "./Reason.sol";
import {Store} from "./Store.sol";

/// @title Escrow
/// @notice Moves money between the free and locked sides of accounts. Amounts in nRLC.
/// @dev The supply fits in 104 bits (`mint`), so no sum of balances overflows; an account can never
/// give more than it has. Every `seize` is matched by rewards of the same sum, within the call.
library Escrow {
    /// @notice The hub cannot hold that much.
    error SupplyTooLarge(uint256 supply);

    /// @notice The account has less free money than the call needs.
    error InsufficientBalance(address account, uint256 available, uint256 needed);

    /// @notice Commits free money of `account` to a deal or a task.
    function lock(address account, uint256 amount) internal {
        Store.Wallet storage wallet = Store.hub().wallet[account];
        Funds funds = wallet.funds;
        require(amount <= funds.free(), Reason.AMOUNT_EXCEEDS_BALANCE);
        wallet.funds = funds.lock(amount);
        emit EscrowEvents.Transfer(account, address(this), amount);
        emit EscrowEvents.Lock(account, amount);
    }

    function unlock(address account, uint256 amount) internal {
        Store.Wallet storage wallet = Store.hub().wallet[account];
        wallet.funds = wallet.funds.unlock(amount);
        emit EscrowEvents.Transfer(address(this), account, amount);
        emit EscrowEvents.Unlock(account, amount);
    }

    /// @notice Pays `account` from money seized for the same `ref`.
    function reward(address account, uint256 amount, bytes32 ref) internal {
        credit(account, amount);
        emit EscrowEvents.Transfer(address(this), account, amount);
        emit EscrowEvents.Reward(account, amount, ref);
    }

    function seize(address account, uint256 amount, bytes32 ref) internal {
        Store.Wallet storage wallet = Store.hub().wallet[account];
        wallet.funds = wallet.funds.seize(amount);
        emit EscrowEvents.Seize(account, amount, ref);
    }

    /// @notice Adds seized money to the kitty.
    function feedKitty(uint256 amount, bytes32 ref) internal {
        Store.hub().settings.kitty += uint104(amount);
        emit EscrowEvents.Reward(Store.KITTY, amount, ref);
        emit EscrowEvents.Lock(Store.KITTY, amount);
    }

    function drawKitty(uint256 amount, bytes32 ref) internal {
        Store.hub().settings.kitty -= uint104(amount);
        emit EscrowEvents.Seize(Store.KITTY, amount, ref);
    }

    /// @notice Credits money that entered the hub.
    function mint(address account, uint256 amount) internal {
        require(account != address(0), Reason.MINT_TO_ZERO);
        Store.Hub storage hub = Store.hub();
        uint256 supply = hub.totalSupply + amount;
        if (supply > type(uint104).max) revert SupplyTooLarge(supply);
        hub.totalSupply = supply;
        credit(account, amount);
        emit EscrowEvents.Transfer(address(0), account, amount);
    }

    /// @notice Debits money that is about to leave the hub.
    function burn(address account, uint256 amount) internal {
        Store.Hub storage hub = Store.hub();
        debit(account, amount);
        hub.totalSupply -= amount;
        emit EscrowEvents.Transfer(account, address(0), amount);
    }

    function credit(address account, uint256 amount) internal {
        Store.Wallet storage wallet = Store.hub().wallet[account];
        wallet.funds = wallet.funds.credit(amount);
    }

    function debit(address account, uint256 amount) internal {
        Store.Wallet storage wallet = Store.hub().wallet[account];
        Funds funds = wallet.funds;
        if (amount > funds.free()) revert InsufficientBalance(account, funds.free(), amount);
        wallet.funds = funds.debit(amount);
    }
}
