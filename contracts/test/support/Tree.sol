// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev The Merkle tree a worker builds over a slice: sorted pairs, an odd node moves up as it is.
library Tree {
    function leaf(uint256 idx, bytes32 digest) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(idx, digest))));
    }

    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        bytes32[] memory row = leaves;
        while (row.length > 1) row = _above(row);
        return row[0];
    }

    function proof(bytes32[] memory leaves, uint256 at) internal pure returns (bytes32[] memory) {
        bytes32[] memory path = new bytes32[](32);
        uint256 length;
        bytes32[] memory row = leaves;
        while (row.length > 1) {
            uint256 sibling = at ^ 1;
            if (sibling < row.length) path[length++] = row[sibling];
            at /= 2;
            row = _above(row);
        }
        bytes32[] memory out = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            out[i] = path[i];
        }
        return out;
    }

    function _above(bytes32[] memory row) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((row.length + 1) / 2);
        for (uint256 i = 0; i < row.length; i += 2) {
            above[i / 2] = i + 1 == row.length ? row[i] : pair(row[i], row[i + 1]);
        }
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
    }
}
