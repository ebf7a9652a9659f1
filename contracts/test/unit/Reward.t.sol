// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Reward} from "../../src/libraries/Reward.sol";
import {vm} from "../support/Vm.sol";

contract RewardTest {
    function test_LogWeight_IsTheFloorOfTheLogarithm() public pure {
        vm.assertEq(Reward.logWeight(1), 0, "1");
        vm.assertEq(Reward.logWeight(2), 1, "2");
        vm.assertEq(Reward.logWeight(3), 1, "3");
        vm.assertEq(Reward.logWeight(4), 2, "4");
        vm.assertEq(Reward.logWeight(99), 6, "99");
    }

    function testFuzz_LogWeight_BracketsTheWeight(uint32 weight) public pure {
        vm.assume(weight > 0);
        uint256 log = Reward.logWeight(weight);
        vm.assertTrue(2 ** log <= weight && weight < 2 ** (log + 1), "bracket");
    }

    function test_FromKitty_FollowsTheOriginal_WhenUncapped() public pure {
        vm.assertEq(Reward.fromKitty(100e9, Reward.NO_CAP, 0), 10e9, "a tenth");
        vm.assertEq(Reward.fromKitty(5e9, Reward.NO_CAP, 0), 1e9, "at least one RLC");
        vm.assertEq(Reward.fromKitty(3e8, Reward.NO_CAP, 0), 3e8, "not more than it holds");
    }

    function test_FromKitty_GivesNothing_WhenTheTaskIsFree() public pure {
        vm.assertEq(Reward.fromKitty(100e9, 10, 0), 0, "free task");
        vm.assertEq(Reward.fromKitty(100e9, 10, 1e9), 1e8, "a tenth of the price");
    }

    function testFuzz_FromKitty_NeverExceedsKittyNorCap(uint96 kitty, uint16 cap, uint96 price)
        public
        pure
    {
        uint256 drawn = Reward.fromKitty(kitty, cap, price);
        vm.assertLe(drawn, kitty, "kitty");
        if (cap != Reward.NO_CAP) vm.assertLe(drawn, uint256(price) * cap / 100, "cap");
    }

    function testFuzz_Share_NeverPaysMoreThanThePot(uint96 pot, uint8 percent, uint8[5] memory logs)
        public
        pure
    {
        uint256 shared = Reward.forWorkers(pot, percent % 101);
        uint256 sum;
        for (uint256 i = 0; i < 5; ++i) {
            sum += 1 + uint256(logs[i]);
        }
        uint256 paid;
        for (uint256 i = 0; i < 5; ++i) {
            paid += Reward.share(shared, 1 + uint256(logs[i]), sum);
        }
        vm.assertLe(paid, pot, "pot");
    }

    function testFuzz_PoolStake_IsThirtyPercent(uint96 price) public pure {
        vm.assertEq(Reward.poolStake(price), uint256(price) * 30 / 100, "stake");
    }

    function testFuzz_Penalized_LosesAThird(uint32 score) public pure {
        vm.assertEq(Reward.penalized(score), uint256(score) * 2 / 3, "score");
    }
}
