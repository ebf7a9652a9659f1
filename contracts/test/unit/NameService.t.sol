// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {NameRegistrar} from "../../src/names/NameRegistrar.sol";
import {NameRegistry} from "../../src/names/NameRegistry.sol";
import {NameResolver} from "../../src/names/NameResolver.sol";
import {NameService} from "../../src/names/NameService.sol";
import {ReverseRegistrar} from "../../src/names/ReverseRegistrar.sol";
import {vm} from "../support/Vm.sol";

contract NameServiceTest {
    address private immutable OWNER = address(0xA);
    address private immutable ALICE = address(0xB);
    address private immutable MALLORY = address(0xC);

    NameRegistry private registry;
    NameResolver private resolver;
    NameRegistrar private users;
    ReverseRegistrar private reverse;

    // EIP-137 gives the node of `eth`; the rest are hashes of hashes.
    bytes32 private constant ETH =
        0x93cdeb708b7545dc668eb9280176169d1c33cfd8ed6f04690a0bcc88a93fc4ae;
    bytes32 private constant ADDR_REVERSE =
        0x91d1777781884d03a6757a803996e38de2a42967fb37eeaca72729271025a9e2;

    function setUp() public {
        NameService names =
            NameService(vm.deployCode("NameService.sol:NameService", abi.encode(OWNER)));
        (registry, resolver) = (names.registry(), names.resolver());
        users = NameRegistrar(registry.owner(_user()));
        reverse = ReverseRegistrar(registry.owner(ADDR_REVERSE));
    }

    function _below(bytes32 node, string memory label) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(node, keccak256(bytes(label))));
    }

    function _user() private pure returns (bytes32) {
        return _below(_below(ETH, "iexec"), "users");
    }

    function _claimAlice() private returns (bytes32) {
        vm.prank(ALICE);
        users.register(keccak256("alice"), ALICE);
        return _below(_user(), "alice");
    }

    function test_Constructor_GivesTheRootToTheOwner() public view {
        vm.assertEq(registry.owner(0), OWNER, "root");
        vm.assertEq(registry.owner(ETH), OWNER, "eth");
    }

    function test_Register_GivesANameOnce() public {
        bytes32 node = _claimAlice();
        vm.assertEq(registry.owner(node), ALICE, "owner");
        vm.prank(MALLORY);
        vm.expectRevert(abi.encodeWithSelector(NameRegistrar.Taken.selector, keccak256("alice")));
        users.register(keccak256("alice"), MALLORY);
        vm.prank(ALICE);
        users.register(keccak256("alice"), MALLORY);
        vm.assertEq(registry.owner(node), MALLORY, "heir");
    }

    function test_Resolver_ListensOnlyToTheOwnerOfAName() public {
        bytes32 node = _claimAlice();
        vm.startPrank(ALICE);
        registry.setResolver(node, address(resolver));
        resolver.setAddr(node, ALICE);
        resolver.setText(node, "url", "https://alice.example");
        vm.stopPrank();
        vm.assertEq(resolver.addr(node), ALICE, "addr");
        vm.assertEq(resolver.text(node, "url"), "https://alice.example", "text");
        vm.startPrank(MALLORY);
        vm.expectRevert(abi.encodeWithSelector(NameResolver.NotOwner.selector, node));
        resolver.setAddr(node, MALLORY);
        vm.expectRevert(abi.encodeWithSelector(NameRegistry.NotOwner.selector, node));
        registry.setResolver(node, MALLORY);
        vm.expectRevert(abi.encodeWithSelector(NameRegistry.NotOwner.selector, node));
        registry.setSubnodeOwner(node, keccak256("www"), MALLORY);
        vm.stopPrank();
    }

    function test_Registry_ListensOnlyToTheOwnerOfAName() public {
        bytes32 node = _claimAlice();
        vm.assertTrue(registry.recordExists(node), "claimed");
        vm.assertTrue(!registry.recordExists(_below(node, "www")), "free");
        vm.startPrank(ALICE);
        registry.setTTL(node, 3600);
        registry.setOwner(node, OWNER);
        vm.assertEq(registry.ttl(node), 3600, "ttl");
        vm.assertEq(registry.owner(node), OWNER, "given away");
        vm.expectRevert(abi.encodeWithSelector(NameRegistry.NotOwner.selector, node));
        registry.setTTL(node, 0);
        vm.expectRevert(abi.encodeWithSelector(NameRegistry.NotOwner.selector, node));
        registry.setOwner(node, ALICE);
        vm.stopPrank();
    }

    function test_SetName_SpeaksForTheCallerAlone() public {
        vm.prank(ALICE);
        bytes32 node = reverse.setName("alice.users.iexec.eth");
        vm.assertEq(node, reverse.node(ALICE), "node");
        vm.assertEq(
            node, _below(ADDR_REVERSE, "000000000000000000000000000000000000000b"), "40 digits"
        );
        vm.assertEq(resolver.name(node), "alice.users.iexec.eth", "name");
        vm.prank(ALICE);
        reverse.setName("");
        vm.assertEq(resolver.name(node), "", "forgotten");
        vm.prank(MALLORY);
        vm.expectRevert(abi.encodeWithSelector(NameResolver.NotOwner.selector, node));
        resolver.setName(node, "mallory");
    }
}
