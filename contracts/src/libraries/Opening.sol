// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Opening
/// @notice How most results begin. It is left out where they are kept and put back where they are
/// shown: 36 bytes of code are 7,200 gas, and of storage more than a slot.
library Opening {
    uint256 private constant SPACED = 1;
    uint256 private constant DENSE = 2;
    bytes32 private constant SPACED_HEAD = '{ "storage": "ipfs", "location":';
    bytes8 private constant SPACED_TAIL = ' "/ipfs/';
    bytes32 private constant DENSE_HEAD = '{"storage":"ipfs","location":"/i';
    bytes4 private constant DENSE_TAIL = "pfs/";

    /// @return opening Which opening the results have: 0 for none known.
    /// @return rest The results without it.
    function strip(bytes calldata results)
        internal
        pure
        returns (uint256 opening, bytes calldata rest)
    {
        if (results.length >= 40) {
            bytes32 head = bytes32(results[:32]);
            if (head == SPACED_HEAD && bytes8(results[32:40]) == SPACED_TAIL) {
                return (SPACED, results[40:]);
            }
            if (head == DENSE_HEAD && bytes4(results[32:36]) == DENSE_TAIL) {
                return (DENSE, results[36:]);
            }
        }
        return (0, results);
    }

    function restore(uint256 opening, bytes memory rest) internal pure returns (bytes memory) {
        if (opening == SPACED) return bytes.concat(SPACED_HEAD, SPACED_TAIL, rest);
        if (opening == DENSE) return bytes.concat(DENSE_HEAD, DENSE_TAIL, rest);
        return rest;
    }
}
