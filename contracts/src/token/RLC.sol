// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ApprovalReceiver} from "../interfaces/Outside.sol";

/// @title RLC
/// @notice The money of the market: 87,000,000 RLC of 10^9 nRLC each, made once.
/// @dev For networks that have no RLC of their own. The hub works with any ERC-20 that moves what
/// it is asked to move.
contract RLC is ERC20 {
    uint256 private constant SUPPLY = 87_000_000e9;

    constructor(address holder) ERC20("iEx.ec Network Token", "RLC") {
        _mint(holder, SUPPLY);
    }

    function decimals() public pure override returns (uint8) {
        return 9;
    }

    /// @notice Allows `spender` to take `value` nRLC and tells it so, in one transaction. When it
    /// answers that it does not want them: `approval-refused`.
    /// @param extraData Handed to the spender; the hub takes a `matchOrders` call here.
    function approveAndCall(address spender, uint256 value, bytes calldata extraData)
        external
        returns (bool)
    {
        approve(spender, value);
        bool accepted =
            ApprovalReceiver(spender).receiveApproval(msg.sender, value, address(this), extraData);
        require(accepted, "approval-refused");
        return true;
    }
}
