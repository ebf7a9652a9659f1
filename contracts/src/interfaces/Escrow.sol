// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title EscrowEvents
/// @notice Movements between the free and the locked money of accounts. Amounts in nRLC.
/// @dev `ref` is the task. Locking also logs a `Transfer` to the hub, unlocking one from it.
interface EscrowEvents {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Lock(address owner, uint256 amount);
    event Unlock(address owner, uint256 amount);
    event Reward(address owner, uint256 amount, bytes32 ref);
    event Seize(address owner, uint256 amount, bytes32 ref);
}

/// @title EscrowToken
/// @notice Money in and out when the hub is paid in an ERC-20 token.
interface EscrowToken {
    /// @notice Data came with tokens that asks for something else than `matchOrders`.
    error UnsupportedOperation(bytes4 selector);
    /// @notice The orders that came with tokens are of another requester than the one who pays.
    error CallerIsNotTheRequester();
    /// @notice The operation that came with tokens failed without saying why.
    error OperationFailed();

    /// @notice Takes `amount` approved tokens of the caller into its account.
    function deposit(uint256 amount) external returns (bool);
    function depositFor(uint256 amount, address target) external returns (bool);
    function depositForArray(uint256[] calldata amounts, address[] calldata targets)
        external
        returns (bool);
    function withdraw(uint256 amount) external returns (bool);
    function withdrawTo(uint256 amount, address target) external returns (bool);

    /// @notice Credits the owner of the hub with tokens that were sent to it without a deposit.
    function recover() external returns (uint256);

    /// @notice Called by the token's `approveAndCall`: deposits, then matches the orders in `data`.
    /// @dev Only the token itself may call.
    function receiveApproval(address sender, uint256 amount, address token, bytes calldata data)
        external
        returns (bool);
}

/// @title EscrowNative
/// @notice Money in and out when the hub is paid in the chain's own coin: 1 nRLC is 1e9 wei.
/// @dev What is below 1e9 wei goes back to the sender.
interface EscrowNative {
    function deposit() external payable returns (bool);
    function depositFor(address target) external payable returns (bool);
    function depositForArray(uint256[] calldata amounts, address[] calldata targets)
        external
        payable
        returns (bool);
    function withdraw(uint256 amount) external returns (bool);
    function withdrawTo(uint256 amount, address target) external returns (bool);
    function recover() external returns (uint256);

    /// @notice Plain coins sent to the hub are a deposit of their sender.
    receive() external payable;
}

/// @title Ledger
/// @notice The free money of accounts as an ERC-20 token ("SRLC").
/// @dev Locked money stays in the account of its owner (`frozenOf`) and is not in `balanceOf`.
interface Ledger {
    function transfer(address to, uint256 value) external returns (bool);
    function approve(address spender, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
    function increaseAllowance(address spender, uint256 added) external returns (bool);
    function decreaseAllowance(address spender, uint256 subtracted) external returns (bool);
    /// @notice Approves, then calls `spender.receiveApproval`. A false answer: `approval-refused`.
    function approveAndCall(address spender, uint256 value, bytes calldata extraData)
        external
        returns (bool);
}
