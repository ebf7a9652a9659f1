// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Configuration} from "../../src/interfaces/Configuration.sol";
import {EIP712Domain} from "../../src/interfaces/Orders.sol";
import {Category} from "../../src/interfaces/Records.sol";
import {Base} from "../support/Base.t.sol";
import {Hub} from "../support/Hub.sol";
import {HubBuilder} from "../support/HubBuilder.sol";
import {vm} from "../support/Vm.sol";

contract ConfigFacetTest is Base {
    bytes private constant NOT_OWNER =
        abi.encodeWithSignature("Error(string)", "Ownable: caller is not the owner");

    function test_Configure_Once() public {
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "already-configured"));
        hub.configure(address(rlc), "", "", 9, address(0), address(0), address(0), address(0));
        vm.assertEq(hub.name(), "Staked RLC", "name");
        vm.assertEq(hub.symbol(), "SRLC", "symbol");
        vm.assertEq(hub.decimals(), rlc.decimals(), "decimals");
        vm.assertEq(hub.token(), address(rlc), "token");
        vm.assertEq(hub.callbackgas(), 200_000, "callback gas");
    }

    function test_Domain_NamesThisHubOnThisChain() public {
        EIP712Domain memory d = hub.domain();
        vm.assertEq(d.name, "iExecODB", "name");
        vm.assertEq(d.version, "5.0.0", "version");
        vm.assertEq(d.chainId, block.chainid, "chain");
        vm.assertEq(d.verifyingContract, address(hub), "hub");
        bytes32 separator = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("iExecODB"),
                keccak256("5.0.0"),
                block.chainid,
                address(hub)
            )
        );
        vm.assertEq(hub.eip712domain_separator(), separator, "separator");
        hub.updateDomainSeparator();
        vm.chainId(99);
        vm.assertTrue(hub.eip712domain_separator() != separator, "another chain");
        Hub fresh =
            Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), false));
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "not-configured"));
        fresh.updateDomainSeparator();
    }

    function test_Settings_AreTheOwnersAlone() public {
        vm.startPrank(stranger);
        vm.expectRevert(NOT_OWNER);
        hub.setTeeBroker(stranger);
        vm.expectRevert(NOT_OWNER);
        hub.setCallbackGas(1);
        vm.expectRevert(NOT_OWNER);
        hub.changeRegistries(stranger, stranger, stranger);
        vm.expectRevert(NOT_OWNER);
        hub.createCategory("", "", 1);
        vm.expectRevert(NOT_OWNER);
        hub.setPolicy(0, 0);
        vm.stopPrank();
    }

    function test_Settings_AreRemembered() public {
        hub.setTeeBroker(stranger);
        vm.assertEq(hub.teebroker(), stranger, "broker");
        hub.setCallbackGas(1_000_000);
        vm.assertEq(hub.callbackgas(), 1_000_000, "callback gas");
        hub.changeRegistries(address(1), address(2), address(3));
        vm.assertEq(hub.appregistry(), address(1), "apps");
        vm.assertEq(hub.datasetregistry(), address(2), "datasets");
        vm.assertEq(hub.workerpoolregistry(), address(3), "workerpools");
        hub.setPolicy(65_535, 5);
        (uint256 cap, uint256 price) = hub.viewPolicy();
        vm.assertEq(cap, 65_535, "cap");
        vm.assertEq(price, 5, "price");
    }

    function test_Settings_HaveBounds() public {
        vm.expectRevert(
            abi.encodeWithSelector(Configuration.SettingTooHigh.selector, 1_000_001, 1_000_000)
        );
        hub.setCallbackGas(1_000_001);
        vm.expectRevert(
            abi.encodeWithSelector(Configuration.SettingTooHigh.selector, 65_536, 65_535)
        );
        hub.setPolicy(65_536, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                Configuration.SettingTooHigh.selector, type(uint256).max, type(uint104).max
            )
        );
        hub.setPolicy(0, type(uint256).max);
        vm.expectRevert(
            abi.encodeWithSelector(Configuration.SettingTooHigh.selector, 2 ** 32, type(uint32).max)
        );
        hub.createCategory("", "", 2 ** 32);
        vm.expectRevert(abi.encodeWithSelector(Configuration.NotSupported.selector));
        hub.importScore(stranger);
    }

    function test_Categories_AreAppended() public {
        vm.expectEmit(address(hub));
        emit Configuration.CreateCategory(1, "S", "small", 1200);
        vm.assertEq(hub.createCategory("S", "small", 1200), 1, "id");
        vm.assertEq(hub.countCategory(), 2, "count");
        Category memory category = hub.viewCategory(1);
        vm.assertEq(category.name, "S", "name");
        vm.assertEq(category.description, "small", "description");
        vm.assertEq(category.workClockTimeRef, 1200, "clock");
        vm.expectRevert(bytes(""));
        hub.viewCategory(2);
        (string memory name,, uint256 clock) = hub.viewCategoryABILegacy(1);
        vm.assertEq(name, "S", "name");
        vm.assertEq(clock, 1200, "clock");
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x32));
        hub.viewCategoryABILegacy(2);
    }
}
