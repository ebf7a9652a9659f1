// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev A counter in the hub's storage, in versions that a diamond can change between.
library Counting {
    function count() internal pure returns (uint256[1] storage at) {
        assembly {
            at.slot := 0xc0417
        }
    }
}

contract CounterV1 {
    function increment() external {
        ++Counting.count()[0];
    }

    function counted() external view returns (uint256) {
        return Counting.count()[0];
    }

    receive() external payable {}
}

contract CounterV2 {
    function increment() external {
        Counting.count()[0] += 10;
    }

    function counted() external view returns (uint256) {
        return Counting.count()[0];
    }

    function reset() external {
        Counting.count()[0] = 0;
    }
}

contract Initializer {
    error Refused(uint256 start);

    function startAt(uint256 value) external {
        Counting.count()[0] = value;
    }

    function refuse(uint256 value) external pure {
        revert Refused(value);
    }

    function fail() external pure {
        assembly {
            revert(0, 0)
        }
    }
}
