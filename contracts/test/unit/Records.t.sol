// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Deal} from "../../src/interfaces/Records.sol";
import {Blob} from "../../src/libraries/Blob.sol";
import {DealRecord} from "../../src/libraries/DealRecord.sol";
import {ResultRecord} from "../../src/libraries/ResultRecord.sol";
import {vm} from "../support/Vm.sol";

contract RecordsTest {
    function saveDeal(DealRecord.Terms memory terms, string calldata params)
        external
        returns (address)
    {
        return DealRecord.save(terms, params);
    }

    function saveResult(
        ResultRecord.Facts memory facts,
        bytes calldata results,
        bytes calldata resultsCallback
    ) external returns (address) {
        return ResultRecord.save(facts, results, resultsCallback);
    }

    function testFuzz_DealRecord_ReadsWhatWasWritten(
        DealRecord.Terms memory terms,
        string calldata params
    ) public {
        (terms.tasks, terms.grace, terms.challenger, terms.contested) = (1, 0, address(0), 0);
        bytes memory before = abi.encode(terms);
        address record = this.saveDeal(terms, params);
        vm.assertEq(abi.encode(DealRecord.load(record)), before, "terms");
        vm.assertEq(DealRecord.loadParams(record), params, "params");
    }

    function testFuzz_ResultRecord_ReadsWhatWasWritten(
        ResultRecord.Facts memory facts,
        bytes calldata results,
        bytes calldata resultsCallback,
        uint8 opening
    ) public {
        bytes memory full = results;
        if (opening % 3 == 1) {
            full = bytes.concat('{ "storage": "ipfs", "location": "/ipfs/', results);
        }
        if (opening % 3 == 2) full = bytes.concat('{"storage":"ipfs","location":"/ipfs/', results);
        address record = this.saveResult(facts, full, resultsCallback);
        (bytes memory read, bytes memory readCallback) = ResultRecord.loadBytes(record);
        vm.assertEq(read, full, "results");
        vm.assertEq(readCallback, resultsCallback, "callback");
        ResultRecord.Facts memory loaded = ResultRecord.load(record);
        vm.assertEq(loaded.deal, facts.deal, "deal");
        vm.assertEq(loaded.digest, facts.digest, "digest");
        vm.assertEq(loaded.worker, facts.worker, "worker");
    }

    function test_ResultRecord_ForgetsTheOpeningMostResultsShare() public {
        ResultRecord.Facts memory facts;
        address plain = this.saveResult(facts, "/ipfs/bafy", "");
        address opened = this.saveResult(facts, '{"storage":"ipfs","location":"/ipfs/bafy', "");
        vm.assertLe(opened.code.length, plain.code.length, "bytes kept");
    }

    function test_Record_CannotRun() public {
        DealRecord.Terms memory terms;
        address record = this.saveDeal(terms, "params");
        (bool ran, bytes memory answer) = record.call("anything");
        vm.assertTrue(ran && answer.length == 0, "stops at once");
    }

    function test_DealRecord_RefusesWhatDoesNotFit() public {
        DealRecord.Terms memory terms;
        bytes memory params = new bytes(24_600);
        vm.expectRevert(abi.encodeWithSelector(Blob.RecordTooLong.selector, 24_600 + 119));
        this.saveDeal(terms, string(params));
    }

    function test_DealRecord_KeepsTheLongestThatFits() public {
        DealRecord.Terms memory terms;
        bytes memory params = new bytes(24_576 - 119);
        address record = this.saveDeal(terms, string(params));
        vm.assertEq(record.code.length, 24_576, "full");
        vm.assertEq(bytes(DealRecord.loadParams(record)).length, params.length, "params");
    }
}
