// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Funds} from "./Funds.sol";
import {TaskWord} from "./TaskWord.sol";
import {VoteWord} from "./VoteWord.sol";

/// @title Store
/// @notice Where the hub keeps its facts, packed so that the usual transaction touches few slots.
/// @dev A deal never changes: it is written once as the code of a contract (`record`, see
/// `DealRecord.sol`). A completed task's results are kept the same way (`ResultRecord.sol`). What
/// can be derived is not kept: deadlines, tallies, the seal of an opened vote, the request order's
/// consumption by its first deal.
library Store {
    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Hub") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0x635f871f1c742ab307c5a3ec6c5effa9ff4ffe4ff3762cdab0fca14b68f3c100;

    /// @notice Workers who may contribute to one task: bounds every loop over contributions.
    uint256 internal constant MAX_CONTRIBUTORS = 32;
    /// @notice Longest results kept in words, in words; longer ones become a record.
    uint256 internal constant MAX_RESULT_WORDS = 4;
    /// @notice Percent of the workerpool price that the pool stakes on each task.
    uint256 internal constant POOL_STAKE_PERCENT = 30;
    uint256 internal constant KITTY_PERCENT = 10;
    /// @notice Least the kitty pays, in nRLC, as long as it has it.
    uint256 internal constant KITTY_MIN = 1e9;
    /// @notice Top 160 bits of keccak256("iExecKitty"), minus 1: nobody holds its key.
    address internal constant KITTY = 0x99c2268479b93fDe36232351229815DF80837e23;

    /// @notice Multiples of the category's clock T, from the match (from consensus for reveals).
    uint256 internal constant CONTRIBUTION_RATIO = 7;
    uint256 internal constant REVEAL_RATIO = 2;
    uint256 internal constant FINAL_RATIO = 10;

    /// @notice One account, one slot.
    struct Wallet {
        Funds funds;
    }

    struct DealSlot {
        address record;
        uint32 size;
        /// Tasks that left UNSET. Only counted when `size` > 1: a single task says so itself.
        uint32 opened;
        /// The tasks that were never opened have been refunded: no other can be.
        bool closed;
        /// Some of its tasks are settled together: see `Batch.sol`.
        bool sliced;
    }

    struct Ballot {
        VoteWord[MAX_CONTRIBUTORS] votes;
        /// Of a completed task, those of proved votes hold the results: see `ResultWords.sol`.
        bytes32[MAX_CONTRIBUTORS] seals;
        /// The result hash of each group, then its digest once revealed.
        bytes32[MAX_CONTRIBUTORS] values;
        address[MAX_CONTRIBUTORS] enclaves;
        /// Results that found no place in the seals.
        bytes32[MAX_RESULT_WORDS] results;
    }

    struct Settings {
        /// What the kitty holds, in nRLC, all of it locked.
        uint104 kitty;
        uint32 callbackGas;
        uint16 kittyCapPercent;
        uint104 scoreMinPrice;
    }

    struct CategorySlot {
        uint32 clock;
        bool exists;
    }

    struct CategoryText {
        string name;
        string description;
    }

    struct Hub {
        Settings settings;
        address token;
        uint8 decimals;
        bool configured;
        address appRegistry;
        address datasetRegistry;
        address workerpoolRegistry;
        address teeBroker;
        uint256 totalSupply;
        uint256 categories;
        string name;
        string symbol;
        mapping(uint256 id => CategorySlot) category;
        mapping(uint256 id => CategoryText) categoryText;
        mapping(address account => Wallet) wallet;
        mapping(address account => mapping(address spender => uint256)) allowance;
        mapping(bytes32 orderHash => address signer) presigned;
        /// Use `Order.consumed`: a request's first deal is not counted here.
        mapping(bytes32 orderHash => uint256 volume) consumed;
        mapping(bytes32 dealid => DealSlot) deal;
        mapping(bytes32 taskid => TaskWord) task;
        mapping(bytes32 taskid => Ballot) ballot;
    }

    function hub() internal pure returns (Hub storage h) {
        assembly ("memory-safe") {
            h.slot := LOCATION
        }
    }
}
