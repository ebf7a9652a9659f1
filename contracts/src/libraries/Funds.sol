// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev One account in one word: free money (104 bits), locked money (104), score (32), epoch of
/// its orders (16). Amounts in nRLC. Sums are made on the whole word, which costs a third of what
/// unpacking and packing it does: the hub's supply fits in 104 bits, so no part can overflow.
type Funds is uint256;

using {
    free,
    locked,
    score,
    epoch,
    credit,
    debit,
    lock,
    unlock,
    seize,
    withScore,
    withNextEpoch
} for Funds global;

uint256 constant LOCKED = 104;
uint256 constant SCORE = 208;
uint256 constant EPOCH = 240;

function free(Funds self) pure returns (uint256) {
    return uint104(Funds.unwrap(self));
}

function locked(Funds self) pure returns (uint256) {
    return uint104(Funds.unwrap(self) >> LOCKED);
}

function score(Funds self) pure returns (uint256) {
    return uint32(Funds.unwrap(self) >> SCORE);
}

function epoch(Funds self) pure returns (uint256) {
    return Funds.unwrap(self) >> EPOCH;
}

function credit(Funds self, uint256 amount) pure returns (Funds) {
    unchecked {
        return Funds.wrap(Funds.unwrap(self) + amount);
    }
}

/// @dev The caller has looked that there is enough.
function debit(Funds self, uint256 amount) pure returns (Funds) {
    unchecked {
        return Funds.wrap(Funds.unwrap(self) - amount);
    }
}

/// @dev The caller has looked that there is enough.
function lock(Funds self, uint256 amount) pure returns (Funds) {
    unchecked {
        return Funds.wrap(Funds.unwrap(self) - amount + (amount << LOCKED));
    }
}

function unlock(Funds self, uint256 amount) pure returns (Funds) {
    return credit(seize(self, amount), amount);
}

/// @dev That the money is there is what the invariants say: Panic(1) otherwise.
function seize(Funds self, uint256 amount) pure returns (Funds) {
    assert(amount <= locked(self));
    unchecked {
        return Funds.wrap(Funds.unwrap(self) - (amount << LOCKED));
    }
}

/// @dev `value` fits in 32 bits.
function withScore(Funds self, uint256 value) pure returns (Funds) {
    unchecked {
        return Funds.wrap(Funds.unwrap(self) + ((value - score(self)) << SCORE));
    }
}

/// @dev Reverts after 65,535 epochs.
function withNextEpoch(Funds self) pure returns (Funds) {
    return Funds.wrap(Funds.unwrap(self) + (1 << EPOCH));
}
