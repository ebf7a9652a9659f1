// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Deal, Resource} from "../interfaces/Records.sol";
import {Blob} from "./Blob.sol";
import {Reward} from "./Reward.sol";
import {Store} from "./Store.sol";

/// @title DealRecord
/// @notice What was agreed when the orders matched, and all that follows from it.
library DealRecord {
    /// @dev One word per field, in this order, is also how the record is written.
    struct Terms {
        address app;
        address appOwner;
        address workerpool;
        address workerpoolOwner;
        address requester;
        // From here on, numbers: what is usually small or zero takes little room. Those first that
        // settling a task needs.
        uint256 appPrice;
        address datasetOwner;
        uint256 datasetPrice;
        uint256 workerpoolPrice;
        uint256 trust;
        bytes32 tag;
        address callback;
        address sponsor;
        uint256 startTime;
        /// T of the category, in seconds.
        uint256 clock;
        uint256 workerStakePercent;
        uint256 schedulerPercent;
        // From here on, left out by `loadMoney`.
        uint256 botFirst;
        uint256 botSize;
        bytes32 dealid;
        address dataset;
        uint256 category;
        address beneficiary;
        // From here on, not written: see `Batch.sol` and `Course.sol`.
        /// How many tasks the money below is for. 1, but for a slice.
        uint256 tasks;
        /// For how many seconds after the reveals a result can be contested. 0 when it was.
        uint256 grace;
        /// Who contests the votes of the group `contested`.
        address challenger;
        uint256 contested;
    }

    uint256 private constant ADDRESSES = 5;
    uint256 private constant NUMBERS = 18;
    uint256 private constant MONEY_NUMBERS = 12;

    /// @notice Writes the deal for good.
    function save(Terms memory self, string calldata params) internal returns (address record) {
        _mask(self);
        record = Blob.write(_at(self), ADDRESSES, NUMBERS, bytes(params), _none());
        _mask(self);
    }

    function load(address record) internal view returns (Terms memory self) {
        Blob.read(record, _at(self), ADDRESSES, NUMBERS);
        _mask(self);
        self.tasks = 1;
    }

    /// @notice Only what voting and settling need: 600 gas less.
    function loadMoney(address record) internal view returns (Terms memory self) {
        Blob.read(record, _at(self), ADDRESSES, MONEY_NUMBERS);
        self.sponsor = _xor(self.sponsor, self.requester);
        self.tasks = 1;
    }

    function loadParams(address record) internal view returns (string memory) {
        Terms memory self;
        uint256 from = Blob.read(record, _at(self), ADDRESSES, NUMBERS);
        return string(Blob.slice(record, from, type(uint256).max));
    }

    /// @notice What the payer locks for one task.
    function price(Terms memory self) internal pure returns (uint256) {
        return self.appPrice + self.datasetPrice + self.workerpoolPrice;
    }

    /// @notice What the workerpool owner locks for one task.
    function poolStake(Terms memory self) internal pure returns (uint256) {
        return Reward.poolStake(self.workerpoolPrice);
    }

    /// @notice What a worker locks to contribute to one task.
    function workerStake(Terms memory self) internal pure returns (uint256) {
        return self.workerpoolPrice * self.workerStakePercent / 100;
    }

    function contributionDeadline(Terms memory self) internal pure returns (uint256) {
        return self.startTime + Store.CONTRIBUTION_RATIO * self.clock;
    }

    function finalDeadline(Terms memory self) internal pure returns (uint256) {
        return self.startTime + Store.FINAL_RATIO * self.clock + self.grace;
    }

    /// @notice The deal as the compatible ABI shows it.
    function view_(address record) internal view returns (Deal memory deal) {
        Terms memory self = load(record);
        deal.app = Resource(self.app, self.appOwner, self.appPrice);
        deal.dataset = Resource(self.dataset, self.datasetOwner, self.datasetPrice);
        deal.workerpool = Resource(self.workerpool, self.workerpoolOwner, self.workerpoolPrice);
        deal.trust = self.trust;
        deal.category = self.category;
        deal.tag = self.tag;
        deal.requester = self.requester;
        deal.beneficiary = self.beneficiary;
        deal.callback = self.callback;
        deal.params = loadParams(record);
        deal.startTime = self.startTime;
        deal.botFirst = self.botFirst;
        deal.botSize = self.botSize;
        deal.workerStake = workerStake(self);
        deal.schedulerRewardRatio = self.schedulerPercent;
        deal.sponsor = self.sponsor;
    }

    /// @dev Sponsor and beneficiary are most often the requester: the difference is one byte.
    function _mask(Terms memory self) private pure {
        self.sponsor = _xor(self.sponsor, self.requester);
        self.beneficiary = _xor(self.beneficiary, self.requester);
    }

    function _xor(address a, address b) private pure returns (address) {
        return address(uint160(a) ^ uint160(b));
    }

    function _at(Terms memory self) private pure returns (uint256 at) {
        assembly ("memory-safe") {
            at := self
        }
    }

    function _none() private pure returns (bytes calldata) {
        return msg.data[0:0];
    }
}
