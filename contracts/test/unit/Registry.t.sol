// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {App} from "../../src/registries/App.sol";
import {Dataset} from "../../src/registries/Dataset.sol";
import {Workerpool, WorkerpoolRegistry} from "../../src/registries/Workerpool.sol";
import {Registries} from "../support/Registries.sol";
import {vm} from "../support/Vm.sol";

contract RegistryTest is Registries {
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
        address predicted = pools.predictWorkerpool(ALICE, "p");
        Workerpool pool = _pool("p");
        vm.assertEq(address(pool), predicted, "predicted");
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
        WorkerpoolRegistry next = WorkerpoolRegistry(
            vm.deployCode("Workerpool.sol:WorkerpoolRegistry", abi.encode(address(this)))
        );
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

    function test_Registries_HaveTheNamesClientsKnow() public view {
        vm.assertEq(apps.name(), "iExec Application Registry (V5)", "apps");
        vm.assertEq(apps.symbol(), "iExecAppsV5", "apps");
        vm.assertEq(datasets.name(), "iExec Dataset Registry (V5)", "datasets");
        vm.assertEq(datasets.symbol(), "iExecDatasetsV5", "datasets");
        vm.assertEq(pools.name(), "iExec Workerpool Registry (V5)", "pools");
        vm.assertEq(pools.symbol(), "iExecWorkerpoolV5", "pools");
    }
}
