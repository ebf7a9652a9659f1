// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev Contracts of other people the hub may meet, behaving as they should.

/// @dev An ERC-734 group.
contract Members {
    mapping(address account => bool) private _member;

    function add(address account) external {
        _member[account] = true;
    }

    function keyHasPurpose(bytes32 key, uint256 purpose) external view returns (bool) {
        return purpose == 4 && _member[address(uint160(uint256(key)))];
    }
}

/// @dev Answers nothing it is asked.
contract RefusingContract {
    fallback() external {
        revert("no");
    }
}

/// @dev An ERC-1271 wallet that accepts the hashes its owner approved.
contract Wallet {
    mapping(bytes32 hash => bool) public approved;

    function approve(bytes32 hash) external {
        approved[hash] = true;
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return approved[hash] ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }

    /// @dev Does what it is told, as its owner would.
    function run(address target, bytes calldata data) external returns (bytes memory) {
        (bool done, bytes memory answer) = target.call(data);
        require(done, "call failed");
        return answer;
    }
}

/// @dev An ERC-1154 consumer that keeps what it was told.
contract Consumer {
    bytes32 public id;
    bytes public results;

    function receiveResult(bytes32 id_, bytes calldata results_) external {
        id = id_;
        results = results_;
    }
}

/// @dev Answers with as many bytes as its gas can buy.
contract ReturnBomb {
    fallback() external {
        assembly {
            return(0, 150000)
        }
    }
}

/// @dev A token that says no without reverting.
contract SilentToken {
    bool private _refusing;

    function refuse() external {
        _refusing = true;
    }

    function transferFrom(address, address, uint256) external view returns (bool) {
        return !_refusing;
    }

    function transfer(address, uint256) external view returns (bool) {
        return !_refusing;
    }
}

/// @dev Uses all the gas it is given.
contract GasEater {
    fallback() external {
        while (true) {}
    }
}
