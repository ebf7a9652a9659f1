// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Tasks} from "../interfaces/Tasks.sol";
import {Ballots} from "./Ballots.sol";
import {DealRecord} from "./DealRecord.sol";
import {Escrow} from "./Escrow.sol";
import {Reward} from "./Reward.sol";
import {Store} from "./Store.sol";
import {TaskFacts} from "./TaskWord.sol";
import {VoteWord} from "./VoteWord.sol";

/// @title Payment
/// @notice Moves the money of one task when it ends. What is seized equals what is paid.
/// @dev A task ends once, and only its own share of the deal moves: the price the sponsor locked
/// for it, the pool's stake on it, the stakes of its contributors.
library Payment {
    using DealRecord for DealRecord.Terms;

    /// @notice The task was computed: owners of the app and the dataset are paid, the pool gets its
    /// stake back and a share of the kitty. The workerpool price remains to be shared out.
    function succeed(DealRecord.Terms memory deal, bytes32 taskid) internal {
        uint256 tasks = deal.tasks;
        Escrow.seize(deal.sponsor, deal.price() * tasks, taskid);
        if (deal.appPrice > 0) Escrow.reward(deal.appOwner, deal.appPrice * tasks, taskid);
        if (deal.datasetPrice > 0) {
            Escrow.reward(deal.datasetOwner, deal.datasetPrice * tasks, taskid);
        }
        Escrow.unlock(deal.workerpoolOwner, deal.poolStake() * tasks);

        Store.Settings memory settings = Store.hub().settings;
        if (settings.kitty == 0) return;
        uint256 share = Reward.fromKitty(
            settings.kitty, settings.kittyCapPercent, deal.workerpoolPrice * tasks
        );
        if (share == 0) return;
        Escrow.drawKitty(share, taskid);
        Escrow.reward(deal.workerpoolOwner, share, taskid);
    }

    /// @notice The task of a single worker: the workerpool price, and no stake.
    function payOne(DealRecord.Terms memory deal, bytes32 taskid, address worker) internal {
        uint256 pot = deal.workerpoolPrice * deal.tasks;
        uint256 earned = Reward.forWorkers(pot, deal.schedulerPercent);
        Escrow.reward(worker, earned, taskid);
        Escrow.reward(deal.workerpoolOwner, pot - earned, taskid);
    }

    /// @notice Those who proved the result share the price and the stakes of those who did not.
    function payAll(
        DealRecord.Terms memory deal,
        bytes32 taskid,
        TaskFacts memory task,
        Ballots.Outcome memory outcome
    ) internal {
        uint256 stake = deal.workerStake() * deal.tasks;
        uint256 count = outcome.votes.length;
        uint256 pot = deal.workerpoolPrice * deal.tasks + stake * (count - outcome.revealed);
        if (deal.challenger != address(0)) pot = _judge(deal, taskid, outcome.winner, stake, pot);
        uint256[] memory logWeights = new uint256[](count);
        uint256 sum;
        for (uint256 i = 0; i < count; ++i) {
            if (!Ballots.isProved(outcome, task, i)) continue;
            logWeights[i] = Reward.logWeight(outcome.votes[i].weight());
            sum += logWeights[i];
        }
        uint256 shared = Reward.forWorkers(pot, deal.schedulerPercent);
        bool scored = count > 1;
        for (uint256 i = 0; i < count; ++i) {
            address worker = outcome.votes[i].worker();
            if (logWeights[i] == 0) {
                punish(worker, stake, taskid);
                continue;
            }
            uint256 earned = Reward.share(shared, logWeights[i], sum);
            pot -= earned;
            Escrow.unlock(worker, stake);
            Escrow.reward(worker, earned, taskid);
            if (scored) _credit(worker, taskid, deal.workerpoolPrice);
        }
        Escrow.reward(deal.workerpoolOwner, pot, taskid);
    }

    /// @dev Who contested what the others found too pays for their work; who was right gets a share
    /// of what the wrong votes lost.
    function _judge(
        DealRecord.Terms memory deal,
        bytes32 taskid,
        uint256 winner,
        uint256 bond,
        uint256 pot
    ) private returns (uint256) {
        if (winner == deal.contested) {
            Escrow.seize(deal.challenger, bond, taskid);
            return pot + bond;
        }
        uint256 found = Reward.forFinder(bond);
        Escrow.unlock(deal.challenger, bond);
        Escrow.reward(deal.challenger, found, taskid);
        return pot - found;
    }

    /// @notice The task failed: the payer is refunded and the pool's stakes go to the kitty.
    /// @param tasks How many tasks of the deal fail together.
    function fail(DealRecord.Terms memory deal, bytes32 ref, uint256 tasks) internal {
        uint256 stake = deal.poolStake() * tasks;
        Escrow.unlock(deal.sponsor, deal.price() * tasks);
        Escrow.seize(deal.workerpoolOwner, stake, ref);
        Escrow.feedKitty(stake, ref);
    }

    /// @notice No result came: contributors have their stakes back, and who contests its bond, but
    /// not those who agreed to one and hid it. They are why it did not come; the others did their
    /// part, or would have been judged by it.
    /// @param revealing Whether silence is still being counted; before a reopen it was noted.
    function release(
        DealRecord.Terms memory deal,
        bytes32 taskid,
        TaskFacts memory task,
        bool revealing
    ) internal {
        if (task.contributors == 0) return;
        Ballots.Outcome memory outcome = Ballots.review(Store.hub().ballot[taskid], task);
        uint256 stake = deal.workerStake() * deal.tasks;
        for (uint256 i = 0; i < outcome.votes.length; ++i) {
            VoteWord vote = outcome.votes[i];
            if (vote.rejected() || (revealing && Ballots.isSilent(outcome, task, i))) {
                punish(vote.worker(), stake, taskid);
                Escrow.feedKitty(stake, taskid);
            } else {
                Escrow.unlock(vote.worker(), stake);
            }
        }
        if (deal.challenger != address(0)) Escrow.unlock(deal.challenger, stake);
    }

    /// @notice A wrong or silent worker loses its stake and a third of its score.
    function punish(address worker, uint256 stake, bytes32 taskid) internal {
        Escrow.seize(worker, stake, taskid);
        Store.Wallet storage wallet = Store.hub().wallet[worker];
        uint256 score = wallet.funds.score();
        if (score > 0) wallet.funds = wallet.funds.withScore(Reward.penalized(score));
        emit Tasks.FaultyContribution(worker, taskid);
    }

    /// @dev Agreement on a task below the floor price is cheap to stage: it proves nothing.
    function _credit(address worker, bytes32 taskid, uint256 price) private {
        if (price >= Store.hub().settings.scoreMinPrice) {
            Store.Wallet storage wallet = Store.hub().wallet[worker];
            uint256 score = wallet.funds.score();
            if (score < type(uint32).max) wallet.funds = wallet.funds.withScore(score + 1);
        }
        emit Tasks.AccurateContribution(worker, taskid);
    }
}
