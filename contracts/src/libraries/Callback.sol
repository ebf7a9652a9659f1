// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {OracleConsumer} from "../interfaces/Outside.sol";
import {Store} from "./Store.sol";

/// @title Callback
/// @notice Tells a contract its result (ERC-1154). What it does, or fails to do, changes nothing.
library Callback {
    /// @dev Runs after all changes are made. The gas the receiver was promised must have been there:
    /// Panic(1).
    function deliver(address target, bytes32 taskid, bytes calldata results) internal {
        assert(delivered(target, taskid, results));
    }

    /// @dev Nothing of the answer is copied: a long one would be paid by the caller.
    /// @return enough Whether the receiver can have had all the gas it was promised.
    function delivered(address target, bytes32 taskid, bytes calldata results)
        internal
        returns (bool enough)
    {
        uint256 promised = Store.hub().settings.callbackGas;
        bytes memory message = abi.encodeCall(OracleConsumer.receiveResult, (taskid, results));
        assembly ("memory-safe") {
            pop(call(promised, target, 0, add(message, 0x20), mload(message), 0, 0))
        }
        return gasleft() > promised / 63;
    }
}
