// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EscrowToken} from "../interfaces/Escrow.sol";
import {Matching} from "../interfaces/Matching.sol";
import {Owned, Token} from "../interfaces/Outside.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {Reason} from "../libraries/Reason.sol";
import {Store} from "../libraries/Store.sol";

/// @title EscrowTokenFacet
/// @notice Deposits and withdrawals in the hub's ERC-20 token.
contract EscrowTokenFacet is EscrowToken {
    /// @notice The token refused to send what the account withdrew.
    error TransferFailed(address to, uint256 amount);

    /// @inheritdoc EscrowToken
    function deposit(uint256 amount) external returns (bool) {
        _deposit(msg.sender, msg.sender, amount);
        return true;
    }

    /// @inheritdoc EscrowToken
    function depositFor(uint256 amount, address target) external returns (bool) {
        _deposit(msg.sender, target, amount);
        return true;
    }

    /// @inheritdoc EscrowToken
    function depositForArray(uint256[] calldata amounts, address[] calldata targets)
        external
        returns (bool)
    {
        require(amounts.length == targets.length, Reason.INVALID_ARRAY_LENGTH);
        for (uint256 i = 0; i < amounts.length; ++i) {
            _deposit(msg.sender, targets[i], amounts[i]);
        }
        return true;
    }

    /// @inheritdoc EscrowToken
    function withdraw(uint256 amount) external returns (bool) {
        _withdraw(msg.sender, amount);
        return true;
    }

    /// @inheritdoc EscrowToken
    function withdrawTo(uint256 amount, address target) external returns (bool) {
        _withdraw(target, amount);
        return true;
    }

    /// @inheritdoc EscrowToken
    function recover() external returns (uint256 surplus) {
        address owner = Owned(address(this)).owner();
        require(msg.sender == owner, Reason.NOT_OWNER);
        surplus = Token(Store.hub().token).balanceOf(address(this)) - Store.hub().totalSupply;
        Escrow.mint(owner, surplus);
    }

    /// @inheritdoc EscrowToken
    function receiveApproval(address sender, uint256 amount, address token, bytes calldata data)
        external
        returns (bool)
    {
        // Whoever could speak for the token could spend any approval that is open.
        require(token == Store.hub().token && msg.sender == token, Reason.WRONG_TOKEN);
        _deposit(sender, sender, amount);
        if (data.length > 0) _matchOrdersOf(sender, data);
        return true;
    }

    function _matchOrdersOf(address sender, bytes calldata data) private {
        if (data.length < 4 || bytes4(data) != Matching.matchOrders.selector) {
            revert UnsupportedOperation(bytes4(data));
        }
        if (_requester(data[4:]) != sender) revert CallerIsNotTheRequester();
        (bool done, bytes memory answer) = address(this).delegatecall(data);
        if (done) return;
        if (answer.length == 0) revert OperationFailed();
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }

    /// @dev The seventh word of the fourth order. Decoding all four takes 1,500 bytes of code.
    function _requester(bytes calldata orders) private pure returns (address) {
        uint256 at = uint256(bytes32(orders[96:128])) + 6 * 32;
        return address(uint160(uint256(bytes32(orders[at:at + 32]))));
    }

    /// @dev Credited after the tokens moved: a token that calls back in between finds them missing.
    function _deposit(address from, address target, uint256 amount) private {
        require(
            Token(Store.hub().token).transferFrom(from, address(this), amount),
            Reason.FAILED_TRANSFER_FROM
        );
        Escrow.mint(target, amount);
    }

    function _withdraw(address target, uint256 amount) private {
        Escrow.burn(msg.sender, amount);
        address token = Store.hub().token;
        // Tokens that answer nothing are as good as those that answer true.
        (bool sent, bytes memory answer) =
            token.call(abi.encodeCall(Token.transfer, (target, amount)));
        bool refused = answer.length > 0 && (answer.length < 32 || uint256(bytes32(answer)) != 1);
        if (!sent || refused) revert TransferFailed(target, amount);
    }
}
