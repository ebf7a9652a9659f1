// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Consensus} from "../../src/libraries/Consensus.sol";
import {vm} from "../support/Vm.sol";

contract ConsensusTest {
    function test_WeightOf_IsTwo_ForNewcomers() public pure {
        vm.assertEq(Consensus.weightOf(0), 2, "score 0");
        vm.assertEq(Consensus.weightOf(11), 2, "score 11");
        vm.assertEq(Consensus.weightOf(12), 3, "score 12");
        vm.assertEq(Consensus.weightOf(15), 4, "score 15");
        vm.assertEq(Consensus.weightOf(300), 99, "score 300");
    }

    function test_Reached_ByNobody_WhileTwoWorkersDisagree() public pure {
        uint256[] memory tally = new uint256[](2);
        Consensus.add(tally, 0, 2);
        Consensus.add(tally, 1, 2);
        vm.assertTrue(!Consensus.reached(tally, 0, 3), "first");
        vm.assertTrue(!Consensus.reached(tally, 1, 3), "second");
    }

    function test_Reached_UpToTwoToTheN_WhenNewcomersAgree() public pure {
        uint256[] memory tally = new uint256[](1);
        for (uint256 n = 1; n <= 20; ++n) {
            Consensus.add(tally, 0, 2);
            vm.assertTrue(Consensus.reached(tally, 0, 2 ** n), "2^n");
            vm.assertTrue(!Consensus.reached(tally, 0, 2 ** n + 1), "2^n + 1");
        }
    }

    function test_Reached_AtOnce_WhenTrustIsOne() public pure {
        uint256[] memory tally = new uint256[](1);
        Consensus.add(tally, 0, 2);
        vm.assertTrue(Consensus.reached(tally, 0, 1), "any answer");
    }

    function testFuzz_Add_TotalIsOnePlusTheSumOfGroups(uint8 forA, uint8 forB) public pure {
        uint256[] memory tally = new uint256[](2);
        for (uint256 i = 0; i < forA % 16; ++i) {
            Consensus.add(tally, 0, 2);
        }
        for (uint256 i = 0; i < forB % 16; ++i) {
            Consensus.add(tally, 1, 3);
        }
        vm.assertEq(Consensus.total(tally), 1 + tally[0] + tally[1], "total");
    }

    function testFuzz_Reached_ByAtMostOneGroup_FromTrustTwo(
        uint32[6] memory weights,
        uint8[6] memory groups,
        uint64 trust
    ) public pure {
        uint256[] memory tally = new uint256[](3);
        for (uint256 i = 0; i < 6; ++i) {
            Consensus.add(tally, groups[i] % 3, 2 + uint256(weights[i]) % 1000);
        }
        uint256 asked = 2 + uint256(trust);
        uint256 winners;
        for (uint256 g = 0; g < 3; ++g) {
            if (Consensus.reached(tally, g, asked)) ++winners;
        }
        vm.assertLe(winners, 1, "one truth");
    }

    function testFuzz_Reached_StaysReached_WhenTrustIsLower(uint16 n, uint32 trust) public pure {
        uint256[] memory tally = new uint256[](2);
        Consensus.add(tally, 0, 2 + uint256(n));
        Consensus.add(tally, 1, 2);
        uint256 asked = 2 + uint256(trust);
        if (Consensus.reached(tally, 0, asked)) {
            vm.assertTrue(Consensus.reached(tally, 0, asked - 1), "lower trust");
        }
    }
}
