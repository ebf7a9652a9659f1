// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {OrderManagement} from "../src/interfaces/OrderManagement.sol";
import {
    OrderOperationEnum,
    RequestOrder,
    RequestOrderOperation
} from "../src/interfaces/Orders.sol";
import {Views} from "../src/interfaces/Views.sol";

interface Hub is OrderManagement, Views {}

/// @notice A contract that asks for computations and learns their results (ERC-1154).
/// @dev It pays for them from its account at the hub: fill it with `depositFor`.
contract Asker {
    Hub private immutable hub;
    address private immutable owner = msg.sender;
    mapping(bytes32 taskid => bytes) public resultOf;

    constructor(Hub hub_) {
        hub = hub_;
    }

    function ask(RequestOrder memory request) external {
        require(msg.sender == owner, "not yours");
        (request.requester, request.callback) = (address(this), address(this));
        hub.manageRequestOrder(RequestOrderOperation(request, OrderOperationEnum.SIGN, ""));
    }

    /// @dev Anybody may name this contract as callback: only answers to its own requests count.
    function receiveResult(bytes32 taskid, bytes calldata result) external {
        bytes32 dealid = hub.viewTask(taskid).dealid;
        require(hub.viewDeal(dealid).requester == address(this), "not asked");
        require(msg.sender == address(hub), "not the hub");
        resultOf[taskid] = result;
    }
}
