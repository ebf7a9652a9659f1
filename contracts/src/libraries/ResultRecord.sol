// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Blob} from "./Blob.sol";
import {Opening} from "./Opening.sol";

/// @title ResultRecord
/// @notice What a completed task answered, written for good: where the result is, the callback's
/// bytes, and the vote of an only worker.
library ResultRecord {
    struct Facts {
        /// The record of the task's deal.
        address deal;
        /// Who did all of the task in one step; of a voted task the ballot knows.
        address worker;
        /// The only worker's digest and enclave.
        bytes32 digest;
        address enclave;
        /// Which usual opening was left out of the results.
        uint256 opening;
        /// Bytes of the callback, which come last.
        uint256 callbackLength;
    }

    uint256 private constant ADDRESSES = 2;
    uint256 private constant NUMBERS = 4;

    function save(Facts memory self, bytes calldata results, bytes calldata resultsCallback)
        internal
        returns (address)
    {
        (uint256 opening, bytes calldata rest) = Opening.strip(results);
        self.opening = opening;
        self.callbackLength = resultsCallback.length;
        return Blob.write(_at(self), ADDRESSES, NUMBERS, rest, resultsCallback);
    }

    function load(address record) internal view returns (Facts memory self) {
        Blob.read(record, _at(self), ADDRESSES, NUMBERS);
    }

    function loadBytes(address record)
        internal
        view
        returns (bytes memory results, bytes memory resultsCallback)
    {
        Facts memory self;
        uint256 from = Blob.read(record, _at(self), ADDRESSES, NUMBERS);
        uint256 end = record.code.length - self.callbackLength;
        results = Opening.restore(self.opening, Blob.slice(record, from, end - from));
        resultsCallback = Blob.slice(record, end, self.callbackLength);
    }

    function _at(Facts memory self) private pure returns (uint256 at) {
        assembly ("memory-safe") {
            at := self
        }
    }
}
