// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Registry} from "../../src/registries/Registry.sol";
import {Workerpool} from "../../src/registries/Workerpool.sol";
import {Registries} from "../support/Registries.sol";
import {vm} from "../support/Vm.sol";

/// @dev Entries as ERC-721 tokens.
contract RegistryTokenTest is Registries {
    function test_TokenURI_IsTheBaseAndTheId() public {
        Workerpool pool = _pool("p");
        vm.assertEq(pools.tokenURI(_id(pool)), "", "none at first");
        pools.setBaseURI("https://example.org/");
        string memory expected = string.concat("https://example.org/", vm.toString(_id(pool)));
        vm.assertEq(pools.tokenURI(_id(pool)), expected, "set");
        vm.expectRevert(_nonexistent(BOB));
        pools.tokenURI(uint160(BOB));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, BOB));
        vm.prank(BOB);
        pools.setBaseURI("");
    }

    function test_Transfer_IsForTheOwnerAndWhoItApproved() public {
        uint256 id = _id(_pool("p"));
        bytes memory refused =
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, BOB, id);
        vm.expectRevert(refused);
        vm.prank(BOB);
        pools.transferFrom(ALICE, BOB, id);

        vm.prank(ALICE);
        pools.approve(BOB, id);
        vm.assertEq(pools.getApproved(id), BOB, "approved");
        vm.prank(BOB);
        pools.transferFrom(ALICE, BOB, id);
        vm.assertEq(pools.ownerOf(id), BOB, "moved");
        vm.assertEq(pools.getApproved(id), address(0), "approval used");

        vm.prank(BOB);
        pools.setApprovalForAll(ALICE, true);
        vm.prank(ALICE);
        pools.safeTransferFrom(BOB, ALICE, id);
        vm.assertEq(pools.ownerOf(id), ALICE, "moved by an operator");
    }

    function test_Transfer_Rejects_WhenItMakesNoSense() public {
        uint256 id = _id(_pool("p"));
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, BOB, id, ALICE)
        );
        vm.prank(ALICE);
        pools.transferFrom(BOB, ALICE, id);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0))
        );
        vm.prank(ALICE);
        pools.transferFrom(ALICE, address(0), id);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(this))
        );
        vm.prank(ALICE);
        pools.safeTransferFrom(ALICE, address(this), id);
        vm.expectRevert(_nonexistent(BOB));
        pools.transferFrom(ALICE, BOB, uint160(BOB));
    }

    function test_Approve_Rejects_WhoMayNot() public {
        uint256 id = _id(_pool("p"));
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidApprover.selector, BOB));
        vm.prank(BOB);
        pools.approve(BOB, id);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidOperator.selector, address(0))
        );
        pools.setApprovalForAll(address(0), true);
        vm.expectRevert(_nonexistent(BOB));
        pools.getApproved(uint160(BOB));
    }

    function test_Enumeration_Rejects_WhatIsOutOfBounds() public {
        vm.expectRevert(
            abi.encodeWithSelector(Registry.ERC721OutOfBoundsIndex.selector, address(0), 0)
        );
        pools.tokenByIndex(0);
        vm.expectRevert(abi.encodeWithSelector(Registry.ERC721OutOfBoundsIndex.selector, ALICE, 0));
        pools.tokenOfOwnerByIndex(ALICE, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidOwner.selector, address(0))
        );
        pools.balanceOf(address(0));
    }

    function test_SupportsInterface_OfErc721AndItsExtensions() public view {
        bytes4[4] memory known = [bytes4(0x01ffc9a7), 0x80ac58cd, 0x780e9d63, 0x5b5e139f];
        for (uint256 i = 0; i < known.length; ++i) {
            vm.assertTrue(apps.supportsInterface(known[i]), "known");
        }
        vm.assertTrue(!apps.supportsInterface(0xffffffff), "never");
    }

    /// Whoever creates and sends what: each owner's list holds exactly what is theirs.
    function testFuzz_Enumeration_MatchesAModel(uint256 seed, uint8 steps) public {
        address[3] memory people = [ALICE, BOB, address(0xca401)];
        uint256 made;
        for (uint256 i = 0; i < steps % 60; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            if (made == 0 || dice % 3 == 0) {
                pools.createWorkerpool(people[(dice >> 8) % 3], vm.toString(made++));
            } else {
                uint256 id = pools.tokenByIndex((dice >> 16) % made);
                address from = pools.ownerOf(id);
                vm.prank(from);
                pools.transferFrom(from, people[(dice >> 8) % 3], id);
            }
        }
        vm.assertEq(pools.totalSupply(), made, "all");
        uint256 owned;
        for (uint256 p = 0; p < 3; ++p) {
            uint256 balance = pools.balanceOf(people[p]);
            for (uint256 i = 0; i < balance; ++i) {
                uint256 id = pools.tokenOfOwnerByIndex(people[p], i);
                vm.assertEq(pools.ownerOf(id), people[p], "listed under its owner");
                for (uint256 j = 0; j < i; ++j) {
                    vm.assertTrue(pools.tokenOfOwnerByIndex(people[p], j) != id, "listed once");
                }
            }
            owned += balance;
        }
        vm.assertEq(owned, made, "none is lost");
    }
}
