// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {vm} from "../support/Vm.sol";
import {Ends} from "./Ends.sol";

/// @dev Money in and out, and orders that become deals.
abstract contract MarketMoves is Ends {
    uint256 private constant MOST_LIVE = 24;
    bytes32 private constant TEE = bytes32(uint256(1));
    bytes32 private constant BOUND = bytes32(uint256(1 << 32));
    bytes32 private constant CONTESTABLE = bytes32(uint256(1 << 33));

    function deposit(uint8 who, uint64 amount) external {
        address account = _person(who);
        uint256 value = 1 + uint256(amount) % RICHES;
        _deposit(account, value);
        change[account] += int256(value);
        _audit();
    }

    function withdraw(uint8 who, uint64 amount) external {
        address account = _person(who);
        uint256 value = uint256(amount) % (hub.balanceOf(account) / 4 + 1);
        vm.prank(account);
        // The wallet takes no coins: it names somebody else.
        hub.withdrawTo(value, account == address(wallet) ? stranger : account);
        change[account] -= int256(value);
        _audit();
    }

    function transfer(uint8 from, uint8 to, uint64 amount) external {
        (address giver, address taker) = (_person(from), _person(to));
        uint256 value = uint256(amount) % (hub.balanceOf(giver) / 4 + 1);
        vm.prank(giver);
        hub.transfer(taker, value);
        change[giver] -= int256(value);
        change[taker] += int256(value);
        _audit();
    }

    /// @dev Time passes in steps of at most T, so that all phases are visited.
    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % CLOCK);
        _audit();
    }

    /// @dev Nobody does anything for long: what was open can only be claimed.
    function sleep(uint8 dice) external {
        vm.warp(block.timestamp + (dice % 8 == 0 ? 10 * CLOCK : CLOCK));
        _audit();
    }

    function matchOrders(uint256 dice) external {
        _match(dice, false);
        _audit();
    }

    function matchOrdersBoost(uint256 dice) external {
        _match(dice, true);
        _audit();
    }

    function _match(uint256 dice, bool boost) internal returns (bytes32 dealid) {
        require(live.length < MOST_LIVE, "enough deals");
        Orders memory o = _draft(dice, boost);
        bool sponsored = (dice >> 88) % 3 == 0;
        bytes memory call_ = abi.encodePacked(
            _door(boost, sponsored), abi.encode(o.app, o.dataset, o.pool, o.request)
        );
        vm.prank(sponsored ? sponsor : requester);
        (bool ok, bytes memory answer) = address(hub).call(call_);
        require(ok, "no match");
        dealid = abi.decode(answer, (bytes32));
        (ok,) = address(hub).call(call_);
        _must(!ok, "orders matched twice");
        _book(dealid, o, sponsored ? sponsor : o.request.requester, boost);
    }

    /// @dev Of any kind: free or dear, of one task or a bag, for a person or a contract, with a
    /// callback that refuses.
    function _draft(uint256 dice, bool boost) private returns (Orders memory o) {
        o = ordersFor(boost ? 1 : _trust(dice), 1 + (dice >> 8) % 4);
        o.pool.workerpoolprice = (dice >> 16) % 4 == 0 ? 0 : (dice >> 24) % (4 * POOL_PRICE);
        o.request.workerpoolmaxprice = type(uint256).max;
        o.pool.trust = 9;
        if ((dice >> 64) % 2 == 0) withDataset(o);
        if ((dice >> 72) % 4 == 0) o.request.requester = address(wallet);
        if ((dice >> 80) % 4 == 0) o.request.callback = refusing;
        if (!boost && (dice >> 96) % 4 == 0) _need(o, TEE);
        if (!boost && (dice >> 104) % 4 == 0) _need(o, BOUND);
        if (!boost && (dice >> 112) % 4 == 0) _need(o, CONTESTABLE);
        if ((dice >> 120) % 4 == 0) _need(o, bytes32((1 + (dice >> 122) % 2) << 40));
        signAll(o);
    }

    function _need(Orders memory o, bytes32 bit) private pure {
        if (bit == TEE) o.app.tag |= bit;
        o.pool.tag |= bit;
        o.request.tag |= bit;
    }

    function _door(bool boost, bool sponsored) private view returns (bytes4) {
        if (boost) {
            return sponsored ? hub.sponsorMatchOrdersBoost.selector : hub.matchOrdersBoost.selector;
        }
        return sponsored ? hub.sponsorMatchOrders.selector : hub.matchOrders.selector;
    }

    function _book(bytes32 dealid, Orders memory o, address payer, bool boost) private {
        DealBook storage deal = deals[dealid];
        deal.requester = o.request.requester;
        deal.sponsor = payer;
        deal.callback = o.request.callback;
        deal.appPrice = APP_PRICE;
        deal.dataPrice = o.request.dataset == address(0) ? 0 : DATASET_PRICE;
        deal.poolPrice = o.pool.workerpoolprice;
        deal.trust = o.request.trust;
        deal.size = deal.fresh = deal.left = o.request.volume;
        deal.start = block.timestamp;
        deal.boost = boost;
        deal.tee = o.request.tag & TEE != 0;
        deal.bound = o.request.tag & BOUND != 0;
        deal.contestable = o.request.tag & CONTESTABLE != 0;
        deal.life = uint8(uint256(o.request.tag) >> 40);
        live.push(dealid);
        due[payer] += _priceOf(deal) * deal.size;
        due[scheduler] += _poolStakeOf(deal) * deal.size;
    }

    /// @dev Trust 1 half of the time, else up to what four newcomers reach.
    function _trust(uint256 dice) private pure returns (uint256) {
        return dice % 2 == 0 ? 1 : 1 + dice % 9;
    }

    /// @dev Anybody but the kitty.
    function _person(uint256 dice) internal view returns (address account) {
        account = people[dice % people.length];
        if (account == KITTY) account = people[0];
    }
}
