// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {DealRecord} from "./DealRecord.sol";

/// @title Batch
/// @notice Which tasks of a deal are settled together.
library Batch {
    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Batch") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0xd8cdedacc7c4e35a0315bee06a5073149b3ee9847a9f944c32b11b416a3f4600;

    /// @dev `first` counts from the deal's `botFirst`. A carved slice has become empty.
    struct Slice {
        uint32 first;
        uint32 count;
    }

    struct Book {
        mapping(bytes32 dealid => Slice[]) slices;
        /// Tasks of the bag in slices, from the front; the highest number once one was carved: no
        /// slice can be taken any more, since `opened` no longer says that the rest is untouched.
        mapping(bytes32 dealid => uint256) sliced;
        mapping(bytes32 sliceid => uint256) count;
        /// The settled slice in which the task was proved.
        mapping(bytes32 taskid => bytes32 sliceid) provedIn;
    }

    function book() internal pure returns (Book storage b) {
        assembly ("memory-safe") {
            b.slot := LOCATION
        }
    }

    /// @dev Three words, where a task's id hashes two: they cannot meet.
    function id(bytes32 dealid, uint256 first, uint256 count) internal pure returns (bytes32) {
        return keccak256(abi.encode(dealid, first, count));
    }

    /// @notice The digest of a slice whose results are bound: the node above its tasks and its bytes.
    /// @dev The bytes' leaf hashes 33 bytes, where a task's hashes 32 and a node 64: none can pass for
    /// another, and a task's proof only grows by the leaf.
    function bind(bytes32 tasks, bytes calldata results) internal pure returns (bytes32) {
        bytes32 leaf = keccak256(bytes.concat(keccak256(results), bytes1(0)));
        return Hashes.commutativeKeccak256(tasks, leaf);
    }

    /// @notice The place of the slice that covers `idx` (from the front of the bag) in its list.
    function find(bytes32 dealid, uint256 idx) internal view returns (bool found, uint256 at) {
        Slice[] storage slices = book().slices[dealid];
        for (at = 0; at < slices.length; ++at) {
            Slice memory slice = slices[at];
            if (idx >= slice.first && idx - slice.first < slice.count) return (true, at);
        }
    }

    /// @notice Makes the deal's terms those of a slice, whose money is that of all its tasks.
    function scale(DealRecord.Terms memory deal, bytes32 sliceid) internal view {
        deal.tasks = book().count[sliceid];
    }
}
