// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DealRecord} from "./DealRecord.sol";
import {Signature} from "./Signature.sol";
import {Store} from "./Store.sol";
import {Tag} from "./Tag.sol";
import {TaskState} from "./TaskState.sol";

/// @title Authorization
/// @notice Who may contribute: the scheduler's word for the worker, the enclave's for the result.
library Authorization {
    /// @notice Reverts unless the scheduler lets `worker` contribute to `ref` with this enclave.
    /// @dev With an enclave and a TEE broker, the broker vouches instead of the scheduler. `ref` is
    /// a task, or a slice of a bag.
    function requireAuthorized(
        DealRecord.Terms memory deal,
        address worker,
        bytes32 ref,
        address enclave,
        bytes calldata sign
    ) internal view {
        if (enclave == address(0) && Tag.has(deal.tag, Tag.TEE)) {
            revert TaskState.EnclaveRequired(deal.tag);
        }
        address signer = deal.workerpoolOwner;
        if (enclave != address(0)) {
            address broker = Store.hub().teeBroker;
            if (broker != address(0)) signer = broker;
        }
        bytes32 message = keccak256(abi.encodePacked(worker, ref, enclave));
        if (!Signature.verify(signer, Signature.ethereumMessage(message), sign)) {
            revert TaskState.AuthorizationRefused(signer);
        }
    }

    /// @notice Reverts unless the enclave, if there is one, signed the vote.
    function requireEnclave(address enclave, bytes32 message, bytes calldata sign) internal view {
        if (enclave == address(0)) return;
        if (!Signature.verify(enclave, Signature.ethereumMessage(message), sign)) {
            revert TaskState.EnclaveSignatureRefused(enclave);
        }
    }
}
