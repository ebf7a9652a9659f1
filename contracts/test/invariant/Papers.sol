// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Batches} from "../../src/interfaces/Batches.sol";
import {Tree} from "../support/Tree.sol";
import {vm} from "../support/Vm.sol";
import {MarketMoves} from "./MarketMoves.sol";

/// @dev What workers compute, sign and show: of a task or of a slice, in an enclave or not.
abstract contract Papers is MarketMoves {
    bytes internal constant TRUTH = "answer";
    bytes internal constant LIE = "lied";
    uint256 private constant ENCLAVE_KEY = 0xe2c;

    /// @dev What a worker signs for somebody else to send, or sends itself.
    function _ballot(bytes32 taskid, address me, bytes memory answer, bool sealed_)
        internal
        view
        returns (Batches.SignedContribution memory c)
    {
        bytes32 digest = _digest(tasks[taskid], answer);
        c.taskid = taskid;
        c.worker = me;
        c.resultHash = resultHash(taskid, digest);
        c.resultSeal = sealed_ ? sealOf(me, taskid, digest) : bytes32("copied");
        c.enclaveChallenge = _enclaveFor(taskid);
        if (c.enclaveChallenge != address(0)) {
            c.enclaveSign = _enclaveSigns(c.resultHash, c.resultSeal);
        }
        c.authorizationSign = authorization(me, taskid, c.enclaveChallenge);
    }

    function _enclaveFor(bytes32 taskid) internal view returns (address) {
        return deals[tasks[taskid].dealid].tee ? vm.addr(ENCLAVE_KEY) : address(0);
    }

    function _enclaveSigns(bytes32 hash, bytes32 seal) internal pure returns (bytes memory) {
        return sign(ENCLAVE_KEY, message(keccak256(abi.encodePacked(hash, seal))));
    }

    /// @dev Of a slice, the root over as many equal answers as it has tasks, and where the deal binds
    /// results, their bytes.
    function _digest(TaskBook storage task, bytes memory answer) internal view returns (bytes32) {
        if (!task.slice) return keccak256(answer);
        bytes32 root = Tree.root(_leaves(task, answer));
        return deals[task.dealid].bound ? Tree.pair(root, _leafOfBytes(answer)) : root;
    }

    function _leafOfBytes(bytes memory results) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(results), bytes1(0)));
    }

    /// @dev What is written for people, and for the callback or in its place.
    function _written(TaskBook storage task, bytes memory answer)
        internal
        view
        returns (bytes memory results, bytes memory back)
    {
        DealBook storage deal = deals[task.dealid];
        results = deal.bound ? answer : RESULTS;
        if (!task.slice) back = deal.callback == address(0) ? new bytes(0) : answer;
        else if (deal.bound) back = bytes.concat(Tree.root(_leaves(task, answer)));
    }

    function _leaves(TaskBook storage task, bytes memory answer)
        internal
        view
        returns (bytes32[] memory leaves)
    {
        leaves = new bytes32[](task.tasks);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = Tree.leaf(task.first + i, keccak256(answer));
        }
    }
}
