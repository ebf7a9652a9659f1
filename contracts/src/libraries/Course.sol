// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DealRecord} from "./DealRecord.sol";
import {Store} from "./Store.sol";
import {Tag} from "./Tag.sol";

/// @title Course
/// @notice What of one task differs from its deal, where the deal's tag allows for it: when its
/// clock started, and who contests its result.
/// @dev A deal with such a tag pays for a slot of its own here; all others only for a look at the
/// tag. Mirrored off chain by `packages/protocol/src/course.ts`.
library Course {
    /// @dev ERC-7201: keccak256(keccak256("traboule.storage.Course") - 1), last byte zero.
    bytes32 private constant LOCATION =
        0xeba5caf4e4eb0aab93ae904a78c36aff5145e07f0d8fcb84eb21a07b6ea91e00;

    /// @notice T a result can be contested after the last moment to reveal it.
    uint256 internal constant CONTEST_RATIO = 2;
    /// @notice Least a worker stakes where results can be contested, in percent of the price.
    uint256 internal constant BOND_PERCENT = 500;
    /// @notice How many times the weight of the contested votes the trust of a contested task is:
    /// two newcomers more must find the same, or five something else.
    uint256 internal constant DOUBT = 4;

    struct Facts {
        /// When the task's clock started; 0 for the match.
        uint40 start;
        /// Whose votes are contested, and the trust it takes since.
        uint8 group;
        uint48 trust;
        address challenger;
    }

    struct Book {
        mapping(bytes32 taskid => Facts) facts;
    }

    function book() internal pure returns (Book storage b) {
        assembly ("memory-safe") {
            b.slot := LOCATION
        }
    }

    /// @notice Makes the deal's terms those of the task.
    function follow(DealRecord.Terms memory deal, bytes32 taskid) internal view {
        if (!Tag.has(deal.tag, Tag.OWN_COURSE)) return;
        Facts memory facts = book().facts[taskid];
        if (facts.start != 0) deal.startTime = facts.start;
        if (!Tag.has(deal.tag, Tag.CONTESTABLE)) return;
        deal.challenger = facts.challenger;
        if (facts.challenger == address(0)) {
            deal.grace = CONTEST_RATIO * deal.clock;
        } else {
            deal.trust = facts.trust;
            deal.contested = facts.group;
        }
    }

    /// @notice Starts the clock of a task that was just opened: now, at the latest when the deal's
    /// life is over.
    function begin(DealRecord.Terms memory deal, bytes32 taskid) internal {
        if (!Tag.has(deal.tag, Tag.LIFE)) return;
        uint256 latest = lastStart(deal);
        uint256 start = block.timestamp < latest ? block.timestamp : latest;
        book().facts[taskid].start = uint40(start);
    }

    /// @notice What becomes of a task goes on with its clock, which `deal` follows.
    function goOn(DealRecord.Terms memory deal, bytes32 taskid) internal {
        if (Tag.has(deal.tag, Tag.LIFE)) book().facts[taskid].start = uint40(deal.startTime);
    }

    /// @notice The result of `group`, which has this weight, is contested: the clock starts anew.
    function contest(bytes32 taskid, uint256 group, uint256 weight) internal {
        uint256 trust = weight * DOUBT;
        if (trust > type(uint48).max) trust = type(uint48).max;
        book().facts[taskid] =
            Facts(uint40(block.timestamp), uint8(group), uint48(trust), msg.sender);
    }

    /// @notice When the clock of the last task starts.
    function lastStart(DealRecord.Terms memory deal) internal pure returns (uint256) {
        return deal.startTime + Tag.life(deal.tag) * Store.FINAL_RATIO * deal.clock;
    }
}
