// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Blob
/// @notice Facts that never change, kept as the code of a contract that cannot run.
/// @dev Code costs 200 gas a byte where storage costs 690, and is read at once whatever its size
/// (2,600 gas and 3 a word). Numbers are written as one byte of length and their significant bytes.
library Blob {
    /// @notice Code is limited to 24,576 bytes: `length` bytes do not fit.
    error RecordTooLong(uint256 length);

    uint256 private constant MAX_CODE = 24_576;
    /// @dev Ten bytes that return what follows them: PUSH2 size DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0
    /// RETURN; then STOP, which is the first byte of the code.
    uint256 private constant PREFIX = 11;

    /// @notice Writes the words from memory `words`: `addresses` of 20 bytes, then `numbers`; then
    /// the two tails.
    function write(
        uint256 words,
        uint256 addresses,
        uint256 numbers,
        bytes calldata tail,
        bytes calldata tail2
    ) internal returns (address record) {
        uint256 length;
        assembly ("memory-safe") {
            let start := mload(0x40)
            let at := add(start, PREFIX)
            let end := add(words, shl(5, addresses))
            for {} lt(words, end) { words := add(words, 0x20) } {
                mstore(at, shl(96, mload(words)))
                at := add(at, 20)
            }
            end := add(words, shl(5, numbers))
            for {} lt(words, end) { words := add(words, 0x20) } {
                let value := mload(words)
                let n := lt(0, value)
                if gt(value, 0xff) {
                    n := shl(4, lt(0xffffffffffffffffffffffffffffffff, value))
                    n := or(n, shl(3, lt(0xffffffffffffffff, shr(shl(3, n), value))))
                    n := or(n, shl(2, lt(0xffffffff, shr(shl(3, n), value))))
                    n := or(n, shl(1, lt(0xffff, shr(shl(3, n), value))))
                    n := add(or(n, lt(0xff, shr(shl(3, n), value))), 1)
                }
                mstore8(at, n)
                mstore(add(at, 1), shl(sub(256, shl(3, n)), value))
                at := add(at, add(n, 1))
            }
            calldatacopy(at, tail.offset, tail.length)
            at := add(at, tail.length)
            calldatacopy(at, tail2.offset, tail2.length)
            length := sub(add(at, tail2.length), add(start, 10))
            // The eleven bytes of the prefix end where the first field begins.
            let first := mload(add(start, PREFIX))
            mstore(start, shl(168, or(0x61000080600a5f395ff300, shl(64, length))))
            mstore(add(start, PREFIX), first)
            if iszero(gt(length, MAX_CODE)) {
                record := create(0, start, add(length, 10))
            }
        }
        if (record == address(0)) revert RecordTooLong(length);
    }

    /// @notice Reads the same words into memory `words`; `next` is where the tails begin, if all
    /// `numbers` that were written are read.
    function read(address record, uint256 words, uint256 addresses, uint256 numbers)
        internal
        view
        returns (uint256 next)
    {
        assembly ("memory-safe") {
            // Free memory is only borrowed: at most 33 bytes a word.
            let start := mload(0x40)
            extcodecopy(record, start, 1, mul(33, add(addresses, numbers)))
            let at := start
            let end := add(words, shl(5, addresses))
            for {} lt(words, end) { words := add(words, 0x20) } {
                mstore(words, shr(96, mload(at)))
                at := add(at, 20)
            }
            end := add(words, shl(5, numbers))
            for {} lt(words, end) { words := add(words, 0x20) } {
                let n := byte(0, mload(at))
                mstore(words, shr(sub(256, shl(3, n)), mload(add(at, 1))))
                at := add(at, add(n, 1))
            }
            next := add(1, sub(at, start))
        }
    }

    /// @notice The bytes of the record from `from`, `length` of them or, if fewer, all the rest.
    function slice(address record, uint256 from, uint256 length)
        internal
        view
        returns (bytes memory part)
    {
        uint256 size = record.code.length;
        uint256 left = size > from ? size - from : 0;
        part = new bytes(length < left ? length : left);
        assembly ("memory-safe") {
            extcodecopy(record, add(part, 0x20), from, mload(part))
        }
    }
}
