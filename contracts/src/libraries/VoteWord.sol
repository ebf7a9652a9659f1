// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev A vote in one word: worker (160 bits), weight (32), group (6), enclave (1), rejected (1) and
/// reveal deadline (40), which is set on the vote that reached consensus: the last while revealing.
type VoteWord is uint256;

using {worker, weight, group, hasEnclave, rejected, revealDeadline, reject} for VoteWord global;

uint256 constant ENCLAVE_BIT = 1 << 198;
uint256 constant REJECTED_BIT = 1 << 199;

function vote(address worker_, uint256 weight_, uint256 group_, bool enclave, uint256 deadline)
    pure
    returns (VoteWord)
{
    return VoteWord.wrap(
        uint160(worker_) | (weight_ << 160) | (group_ << 192) | (enclave ? ENCLAVE_BIT : 0)
            | (deadline << 200)
    );
}

function worker(VoteWord self) pure returns (address) {
    return address(uint160(VoteWord.unwrap(self)));
}

function weight(VoteWord self) pure returns (uint256) {
    return uint32(VoteWord.unwrap(self) >> 160);
}

function group(VoteWord self) pure returns (uint256) {
    return (VoteWord.unwrap(self) >> 192) & 0x3f;
}

function hasEnclave(VoteWord self) pure returns (bool) {
    return VoteWord.unwrap(self) & ENCLAVE_BIT != 0;
}

function rejected(VoteWord self) pure returns (bool) {
    return VoteWord.unwrap(self) & REJECTED_BIT != 0;
}

function revealDeadline(VoteWord self) pure returns (uint256) {
    return VoteWord.unwrap(self) >> 200;
}

function reject(VoteWord self) pure returns (VoteWord) {
    return VoteWord.wrap(VoteWord.unwrap(self) | REJECTED_BIT);
}
