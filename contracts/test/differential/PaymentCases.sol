// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ClaimFacet} from "../../src/facets/ClaimFacet.sol";
import {TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {Ballots} from "../../src/libraries/Ballots.sol";
import {DealRecord} from "../../src/libraries/DealRecord.sol";
import {Funds} from "../../src/libraries/Funds.sol";
import {Payment} from "../../src/libraries/Payment.sol";
import {Store} from "../../src/libraries/Store.sol";
import {TaskFacts} from "../../src/libraries/TaskWord.sol";
import {VoteWord, vote} from "../../src/libraries/VoteWord.sol";
import {Cases} from "./Cases.sol";

/// @dev Bytes: kind of ending; prices of app, dataset and workerpool (8 each); worker stake percent
/// (2); scheduler percent; kitty (8); its cap (2); price that scores (8); accounts of sponsor and of
/// the three owners; number of votes; whether they agreed; then for each vote how it stands, its
/// weight and its worker's score (2); at last who contests, if somebody does, and whether rightly. Ten accounts have 2^100 locked; the workers are the first six.
/// Answer: a hash of what all accounts and the kitty have in the end.
contract PaymentCases is ClaimFacet, Cases {
    uint256 private constant ACCOUNTS = 10;
    bytes32 private constant TASK = bytes32(uint256(7));

    uint256 private constant PROVED = 0;
    uint256 private constant WRONG = 2;
    uint256 private constant REJECTED = 3;

    function _answer(bytes calldata c, uint256) internal override returns (uint256) {
        Store.Hub storage hub = Store.hub();
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            uint256 score = i < 6 ? uint16(bytes2(c[54 + 4 * i:56 + 4 * i])) : 0;
            hub.wallet[_account(i)].funds = Funds.wrap((1 << 204) | (score << 208));
        }
        hub.settings.kitty = uint64(bytes8(c[28:36]));
        uint16 cap = uint16(bytes2(c[36:38]));
        hub.settings.kittyCapPercent = cap % 3 == 0 ? type(uint16).max : cap;
        hub.settings.scoreMinPrice = uint64(bytes8(c[38:46]));
        _end(c, _deal(c));

        uint256[] memory result = new uint256[](ACCOUNTS + 1);
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            result[i] = Funds.unwrap(hub.wallet[_account(i)].funds);
        }
        result[ACCOUNTS] = hub.settings.kitty;
        return uint256(keccak256(abi.encodePacked(result)));
    }

    function _end(bytes calldata c, DealRecord.Terms memory deal) private {
        uint256 kind = uint8(c[0]) % 4;
        if (kind == 0) {
            (TaskFacts memory task, Ballots.Outcome memory outcome) = _votes(c);
            if (uint8(c[76]) % 3 > 0) {
                deal.challenger = _account(uint8(c[76]));
                deal.contested = uint8(c[77]) % 2 > 0 && _someWrong(outcome) ? 1 : 0;
            }
            Payment.succeed(deal, TASK);
            Payment.payAll(deal, TASK, task, outcome);
        } else if (kind == 1) {
            Payment.succeed(deal, TASK);
            Payment.payOne(deal, TASK, _account(0));
        } else if (kind == 2) {
            _claim(c, deal);
        } else {
            Payment.fail(deal, TASK, uint8(c[50]));
        }
    }

    function _claim(bytes calldata c, DealRecord.Terms memory deal) private {
        (TaskFacts memory task, Ballots.Outcome memory outcome) = _votes(c);
        for (uint256 i = 0; i < outcome.votes.length; ++i) {
            Store.hub().ballot[TASK].votes[i] = outcome.votes[i];
        }
        bool agreed = uint8(c[51]) % 2 == 0;
        task.status = agreed ? TaskStatusEnum.REVEALING : TaskStatusEnum.ACTIVE;
        task.record = DealRecord.save(deal, string(c[0:0]));
        Store.hub().task[TASK] = task.pack();
        this.claim(TASK);
    }

    function _deal(bytes calldata c) private pure returns (DealRecord.Terms memory deal) {
        deal.tasks = 1;
        deal.appPrice = uint64(bytes8(c[1:9]));
        deal.datasetPrice = uint64(bytes8(c[9:17]));
        deal.workerpoolPrice = uint64(bytes8(c[17:25]));
        deal.workerStakePercent = uint16(bytes2(c[25:27]));
        deal.schedulerPercent = uint8(c[27]) % 101;
        deal.sponsor = _account(uint8(c[46]));
        deal.appOwner = _account(uint8(c[47]));
        deal.datasetOwner = _account(uint8(c[48]));
        deal.workerpoolOwner = _account(uint8(c[49]));
    }

    /// @dev The first vote is always proved, and the last for the agreed result.
    function _votes(bytes calldata c)
        private
        pure
        returns (TaskFacts memory task, Ballots.Outcome memory outcome)
    {
        uint256 count = 1 + uint8(c[50]) % 6;
        outcome.votes = new VoteWord[](count);
        task.contributors = count;
        task.opened = 1;
        for (uint256 i = 0; i < count; ++i) {
            uint256 stands = i == 0 ? PROVED : uint8(c[52 + 4 * i]) % 4;
            if (stands == WRONG && i == count - 1) stands = REJECTED;
            VoteWord cast = vote(
                _account(i), 2 + uint256(uint8(c[53 + 4 * i])), stands == WRONG ? 1 : 0, false, 0
            );
            outcome.votes[i] = stands == REJECTED ? cast.reject() : cast;
            if (stands != PROVED) continue;
            task.proved |= 1 << i;
            ++outcome.revealed;
        }
    }

    function _someWrong(Ballots.Outcome memory outcome) private pure returns (bool) {
        for (uint256 i = 0; i < outcome.votes.length; ++i) {
            if (outcome.votes[i].group() == 1) return true;
        }
        return false;
    }

    function _account(uint256 n) private pure returns (address) {
        return address(uint160(0x1000 + n % ACCOUNTS));
    }
}
