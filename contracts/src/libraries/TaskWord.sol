// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TaskStatusEnum} from "../interfaces/Records.sol";

/// @dev A task in one word, and what it says in memory. Packed by hand: the compiler's own copy of a
/// struct between storage and memory costs 900 gas more each way.
type TaskWord is uint256;

uint256 constant SLICE_BIT = 1 << 255;

struct TaskFacts {
    /// The deal's record; of a completed task whose results are a record, that one, which leads to
    /// the deal's.
    address record;
    /// From the deal's `botFirst`.
    uint256 idx;
    TaskStatusEnum status;
    uint256 contributors;
    /// Votes in the group that reached consensus.
    uint256 winners;
    /// One plus the group whose value in the ballot is the digest, not its hash.
    uint256 opened;
    /// Bit i: the contributor i revealed.
    uint256 proved;
    /// Of a completed task whose results are kept in words: 1 + their length. Else 0.
    uint256 words;
    /// Which usual opening was left out of those results.
    uint256 opening;
    /// It stands for many tasks: see `Batch.sol`.
    bool slice;
}

using {unpack, status, complete, recordOf, contributorsOf, isSlice} for TaskWord global;
using {pack} for TaskFacts global;

/// @notice A task that was just opened.
function activeTask(address record, uint256 idx) pure returns (TaskWord) {
    return TaskWord.wrap(uint160(record) | (uint256(TaskStatusEnum.ACTIVE) << 160) | (idx << 223));
}

/// @notice A slice that was just opened.
function activeSlice(address record, uint256 first) pure returns (TaskWord) {
    return TaskWord.wrap(TaskWord.unwrap(activeTask(record, first)) | SLICE_BIT);
}

function isSlice(TaskWord self) pure returns (bool) {
    return TaskWord.unwrap(self) & SLICE_BIT != 0;
}

/// @notice The task, completed by its only worker, with its result's record.
function complete(TaskWord self, address record) pure returns (TaskWord) {
    uint256 kept = TaskWord.unwrap(self) & ~uint256((1 << 163) - 1);
    return TaskWord.wrap(kept | uint160(record) | (uint256(TaskStatusEnum.COMPLETED) << 160));
}

function recordOf(TaskWord self) pure returns (address) {
    return address(uint160(TaskWord.unwrap(self)));
}

function contributorsOf(TaskWord self) pure returns (uint256) {
    return (TaskWord.unwrap(self) >> 165) & 0x3f;
}

function status(TaskWord self) pure returns (TaskStatusEnum) {
    return TaskStatusEnum(uint8(TaskWord.unwrap(self) >> 160) & 7);
}

function unpack(TaskWord self) pure returns (TaskFacts memory facts) {
    uint256 word = TaskWord.unwrap(self);
    facts.record = address(uint160(word));
    facts.status = TaskStatusEnum((word >> 160) & 7);
    facts.opening = (word >> 163) & 3;
    facts.contributors = (word >> 165) & 0x3f;
    facts.winners = (word >> 171) & 0x3f;
    facts.opened = (word >> 177) & 0x3f;
    facts.words = (word >> 183) & 0xff;
    facts.proved = (word >> 191) & 0xffffffff;
    facts.idx = (word >> 223) & 0xffffffff;
    facts.slice = word & SLICE_BIT != 0;
}

/// @dev Each fact fits in its bits: 3, 2, 6, 6, 6, 8, 32, 32 and 1, after the record's 160.
function pack(TaskFacts memory self) pure returns (TaskWord) {
    return TaskWord.wrap(
        uint160(self.record) | (uint256(self.status) << 160) | (self.opening << 163)
            | (self.contributors << 165) | (self.winners << 171) | (self.opened << 177)
            | (self.words << 183) | (self.proved << 191) | (self.idx << 223)
            | (self.slice ? SLICE_BIT : 0)
    );
}
