// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../interfaces/Batches.sol";
import {Tasks} from "../interfaces/Tasks.sol";
import {DealRecord} from "../libraries/DealRecord.sol";
import {Initialization} from "../libraries/Initialization.sol";
import {Signature} from "../libraries/Signature.sol";
import {Store} from "../libraries/Store.sol";
import {TaskState} from "../libraries/TaskState.sol";
import {Voting} from "../libraries/Voting.sol";

/// @title ContributeFacet
/// @notice The first half of a task: opened, voted on, revealed.
contract ContributeFacet {
    /// @notice See `Tasks.initialize`.
    function initialize(bytes32 dealid, uint256 idx) external returns (bytes32) {
        return Initialization.open(dealid, idx);
    }

    /// @notice See `Tasks.initializeCommitted`.
    function initializeCommitted(bytes32 dealid, uint256 idx, bytes32 commitment)
        external
        returns (bytes32 taskid)
    {
        taskid = Initialization.open(dealid, idx);
        address record = Store.hub().deal[dealid].record;
        if (DealRecord.load(record).workerpoolOwner != msg.sender) {
            revert TaskState.NotAllowed(msg.sender);
        }
        emit Tasks.WorkersCommitted(taskid, commitment);
    }

    /// @notice See `Tasks.initializeArray`.
    function initializeArray(bytes32[] calldata dealid, uint256[] calldata idx)
        external
        returns (bool)
    {
        Initialization.openAll(dealid, idx);
        return true;
    }

    /// @notice See `Tasks.contribute`.
    function contribute(
        bytes32 taskid,
        bytes32 resultHash,
        bytes32 resultSeal,
        address enclaveChallenge,
        bytes calldata enclaveSign,
        bytes calldata authorizationSign
    ) external {
        Voting.contribute(
            Voting.Sealed(taskid, msg.sender, resultHash, resultSeal, enclaveChallenge),
            enclaveSign,
            authorizationSign
        );
    }

    /// @notice See `Tasks.reveal`.
    function reveal(bytes32 taskid, bytes32 resultDigest) external {
        Voting.reveal(taskid, msg.sender, resultDigest);
    }

    /// @notice See `Batches.contributeSigned`.
    function contributeSigned(Batches.SignedContribution[] calldata contributions) external {
        for (uint256 i = 0; i < contributions.length; ++i) {
            Batches.SignedContribution calldata c = contributions[i];
            bytes32 message = keccak256(
                abi.encode(
                    block.chainid,
                    address(this),
                    c.taskid,
                    c.resultHash,
                    c.resultSeal,
                    c.enclaveChallenge
                )
            );
            bytes32 signed = Signature.ethereumMessage(message);
            if (!Signature.verify(c.worker, signed, c.workerSign)) {
                revert Batches.ContributionRefused(c.worker);
            }
            Voting.contribute(
                Voting.Sealed(c.taskid, c.worker, c.resultHash, c.resultSeal, c.enclaveChallenge),
                c.enclaveSign,
                c.authorizationSign
            );
        }
    }

    /// @notice See `Batches.revealFor`.
    function revealFor(bytes32 taskid, address[] calldata workers, bytes32 resultDigest) external {
        for (uint256 i = 0; i < workers.length; ++i) {
            Voting.reveal(taskid, workers[i], resultDigest);
        }
    }
}
