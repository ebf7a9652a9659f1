// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {App, AppRegistry} from "../../src/registries/App.sol";
import {Dataset, DatasetRegistry} from "../../src/registries/Dataset.sol";
import {Registry} from "../../src/registries/Registry.sol";
import {Workerpool, WorkerpoolRegistry} from "../../src/registries/Workerpool.sol";
import {vm} from "../support/Vm.sol";

contract RegistryTest {
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);

    AppRegistry internal apps;
    DatasetRegistry internal datasets;
    WorkerpoolRegistry internal pools;

    function setUp() public {
        apps = new AppRegistry(address(this));
        datasets = new DatasetRegistry(address(this));
        pools = new WorkerpoolRegistry(address(this));
    }

    function testFuzz_CreateApp_KeepsItsContent_WherePredicted(
        address owner,
        string calldata name,
        string calldata appType,
        bytes calldata multiaddr,
        bytes32 checksum,
        bytes calldata mrenclave
    ) public {
        vm.assume(owner != address(0));
        address predicted = apps.predictApp(owner, name, appType, multiaddr, checksum, mrenclave);
        App app = App(apps.createApp(owner, name, appType, multiaddr, checksum, mrenclave));
        vm.assertEq(address(app), predicted, "predicted");
        vm.assertEq(app.owner(), owner, "owner");
        vm.assertEq(app.m_appName(), name, "name");
        vm.assertEq(app.m_appType(), appType, "type");
        vm.assertEq(app.m_appMultiaddr(), multiaddr, "multiaddr");
        vm.assertEq(app.m_appChecksum(), checksum, "checksum");
        vm.assertEq(app.m_appMREnclave(), mrenclave, "mrenclave");
        vm.assertEq(address(app.registry()), address(apps), "registry");
    }

    function testFuzz_CreateDataset_KeepsItsContent_WherePredicted(
        address owner,
        string calldata name,
        bytes calldata multiaddr,
        bytes32 checksum
    ) public {
        vm.assume(owner != address(0));
        address predicted = datasets.predictDataset(owner, name, multiaddr, checksum);
        Dataset dataset = Dataset(datasets.createDataset(owner, name, multiaddr, checksum));
        vm.assertEq(address(dataset), predicted, "predicted");
        vm.assertEq(dataset.owner(), owner, "owner");
        vm.assertEq(dataset.m_datasetName(), name, "name");
        vm.assertEq(dataset.m_datasetMultiaddr(), multiaddr, "multiaddr");
        vm.assertEq(dataset.m_datasetChecksum(), checksum, "checksum");
    }

    function test_CreateWorkerpool_StartsWithTheUsualPolicy() public {
        Workerpool pool = _pool("p");
        vm.assertEq(pool.m_workerpoolDescription(), "p", "description");
        vm.assertEq(pool.m_workerStakeRatioPolicy(), 30, "stake");
        vm.assertEq(pool.m_schedulerRewardRatioPolicy(), 1, "reward");
        (address owner, uint256 stake, uint256 reward) = pools.offerOf(address(pool));
        vm.assertEq(owner, ALICE, "owner");
        vm.assertEq(stake, 30, "offered stake");
        vm.assertEq(reward, 1, "offered reward");
    }

    function test_Create_Rejects_WhenTheSameEntryExists() public {
        _pool("p");
        vm.expectRevert(bytes("Create2: Failed on deploy"));
        _pool("p");
        pools.createWorkerpool(BOB, "p");
    }

    function test_Create_Rejects_WhenNobodyWouldOwnIt() public {
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0))
        );
        pools.createWorkerpool(address(0), "p");
    }

    function test_ProxyCode_IsAnEntryWithoutContent() public {
        address pool = address(_pool(""));
        vm.assertEq(pool.code, pools.proxyCode(), "code");
        vm.assertEq(pool.codehash, pools.proxyCodeHash(), "hash");
    }

    function test_Entry_CannotBeInitializedAgain_NorNamed() public {
        Workerpool pool = _pool("p");
        App app = App(apps.createApp(ALICE, "n", "WASI", "m", 0, ""));
        Dataset dataset = Dataset(datasets.createDataset(ALICE, "n", "m", 0));
        vm.expectRevert(bytes("already initialized"));
        pool.initialize("q");
        vm.expectRevert(bytes("already initialized"));
        app.initialize("", "", "", 0, "");
        vm.expectRevert(bytes("already initialized"));
        dataset.initialize("", "", 0);
        vm.expectRevert(bytes("Operation not supported on this chain"));
        pool.setName(ALICE, "q.eth");
        vm.expectRevert(bytes("Operation not supported on this chain"));
        pools.setName(ALICE, "q.eth");
    }

    function test_ChangePolicy_IsForTheOwnerOfTheMoment() public {
        Workerpool pool = _pool("p");
        vm.prank(ALICE);
        pool.changePolicy(65_535, 100);
        (, uint256 stake, uint256 reward) = pools.offerOf(address(pool));
        vm.assertEq(stake, 65_535, "stake");
        vm.assertEq(reward, 100, "reward");

        vm.prank(ALICE);
        pools.transferFrom(ALICE, BOB, _id(pool));
        vm.expectRevert(bytes("caller is not the owner"));
        vm.prank(ALICE);
        pool.changePolicy(0, 0);
        vm.prank(BOB);
        pool.changePolicy(0, 0);
        (stake, reward) = pool.policy();
        vm.assertEq(stake + reward, 0, "changed by the new owner");
    }

    function test_ChangePolicy_Rejects_WhenARatioIsTooHigh() public {
        Workerpool pool = _pool("p");
        vm.expectRevert(abi.encodeWithSelector(WorkerpoolRegistry.RatioTooHigh.selector, 101, 100));
        vm.prank(ALICE);
        pool.changePolicy(30, 101);
        vm.expectRevert(
            abi.encodeWithSelector(WorkerpoolRegistry.RatioTooHigh.selector, 65_536, 65_535)
        );
        vm.prank(ALICE);
        pool.changePolicy(65_536, 1);
    }

    function test_SetPolicy_IsForEntriesOnly() public {
        vm.expectRevert(_nonexistent(address(this)));
        pools.setPolicy(0, 0);
    }

    function test_Initialize_ContinuesAnotherRegistry_Once() public {
        Workerpool pool = _pool("p");
        WorkerpoolRegistry next = new WorkerpoolRegistry(address(this));
        vm.assertTrue(!next.isRegistered(address(pool)), "not yet");
        next.initialize(address(pools));
        vm.assertTrue(next.isRegistered(address(pool)), "continued");
        vm.assertEq(next.ownerOf(_id(pool)), ALICE, "owner");
        (address owner, uint256 stake, uint256 reward) = next.offerOf(address(pool));
        vm.assertEq(owner, ALICE, "offer");
        vm.assertEq(stake + reward, 31, "policy");
        vm.assertTrue(!next.isRegistered(BOB), "others are not");

        vm.expectRevert(bytes("already initialized"));
        next.initialize(address(0));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ALICE));
        vm.prank(ALICE);
        pools.initialize(address(0));
    }

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

    function test_Registries_HaveTheNamesClientsKnow() public view {
        vm.assertEq(apps.name(), "iExec Application Registry (V5)", "apps");
        vm.assertEq(apps.symbol(), "iExecAppsV5", "apps");
        vm.assertEq(datasets.name(), "iExec Dataset Registry (V5)", "datasets");
        vm.assertEq(datasets.symbol(), "iExecDatasetsV5", "datasets");
        vm.assertEq(pools.name(), "iExec Workerpool Registry (V5)", "pools");
        vm.assertEq(pools.symbol(), "iExecWorkerpoolV5", "pools");
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

    function _pool(string memory description) private returns (Workerpool) {
        return Workerpool(pools.createWorkerpool(ALICE, description));
    }

    function _id(Workerpool pool) private pure returns (uint256) {
        return uint160(address(pool));
    }

    function _nonexistent(address entry) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IERC721Errors.ERC721NonexistentToken.selector, uint256(uint160(entry))
        );
    }
}
