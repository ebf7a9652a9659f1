// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AppOrder,
    DatasetOrder,
    RequestOrder,
    WorkerpoolOrder
} from "../../src/interfaces/Orders.sol";
import {Account, Deal, Task, TaskStatusEnum} from "../../src/interfaces/Records.sol";
import {AppRegistry} from "../../src/registries/App.sol";
import {DatasetRegistry} from "../../src/registries/Dataset.sol";
import {Workerpool, WorkerpoolRegistry} from "../../src/registries/Workerpool.sol";
import {RLC} from "../../src/token/RLC.sol";
import {Hashes} from "./Hashes.sol";
import {Hub} from "./Hub.sol";
import {HubBuilder} from "./HubBuilder.sol";
import {vm} from "./Vm.sol";

/// @dev A market with one app, one dataset, one workerpool and people with 1,000 RLC each.
abstract contract Base {
    uint256 internal constant REQUESTER_KEY = 0xa11ce;
    uint256 internal constant SCHEDULER_KEY = 0x5c4ed;
    uint256 internal constant APP_KEY = 0xa44;
    uint256 internal constant DATASET_KEY = 0xda7a;
    uint256 internal constant SPONSOR_KEY = 0x540;
    uint256 internal constant WORKER_KEY = 0x301;

    uint256 internal constant APP_PRICE = 1e8;
    uint256 internal constant DATASET_PRICE = 2e8;
    uint256 internal constant POOL_PRICE = 1e9;
    uint256 internal constant POOL_STAKE = 3e8;
    uint256 internal constant WORKER_STAKE = 3e8;
    uint256 internal constant CLOCK = 300;
    uint256 internal constant RICHES = 1_000e9;
    address internal constant KITTY = 0x99c2268479b93fDe36232351229815DF80837e23;

    bytes internal constant RESULTS = '{ "storage": "ipfs", "location": "/ipfs/bafybeigdyrzt5sf" }';

    Hub internal hub;
    RLC internal rlc;
    AppRegistry internal appRegistry;
    DatasetRegistry internal datasetRegistry;
    WorkerpoolRegistry internal workerpoolRegistry;
    address internal app;
    address internal dataset;
    address internal pool;
    bytes32 internal domain;
    uint256 private _salt;

    address internal requester = vm.addr(REQUESTER_KEY);
    address internal scheduler = vm.addr(SCHEDULER_KEY);
    address internal appOwner = vm.addr(APP_KEY);
    address internal datasetOwner = vm.addr(DATASET_KEY);
    address internal sponsor = vm.addr(SPONSOR_KEY);
    address internal stranger = address(0xbad);

    function setUp() public virtual {
        vm.warp(1_700_000_000);
        bytes memory me = abi.encode(address(this));
        rlc = RLC(vm.deployCode("RLC.sol:RLC", me));
        appRegistry = AppRegistry(vm.deployCode("App.sol:AppRegistry", me));
        datasetRegistry = DatasetRegistry(vm.deployCode("Dataset.sol:DatasetRegistry", me));
        workerpoolRegistry =
            WorkerpoolRegistry(vm.deployCode("Workerpool.sol:WorkerpoolRegistry", me));
        hub =
            Hub(HubBuilder(vm.deployCode("HubBuilder.sol:HubBuilder")).build(address(this), false));
        _configure(address(rlc));
        rlc.approve(address(hub), type(uint256).max);
        _fund(requester);
        _fund(scheduler);
        _fund(sponsor);
        for (uint256 i = 0; i < 5; ++i) {
            _fund(worker(i));
        }
    }

    function _configure(address token) internal {
        hub.configure(
            token,
            "Staked RLC",
            "SRLC",
            9,
            address(appRegistry),
            address(datasetRegistry),
            address(workerpoolRegistry),
            address(0)
        );
        hub.createCategory("XS", "", CLOCK);
        domain = hub.eip712domain_separator();
        app = appRegistry.createApp(appOwner, "app", "WASI", "/ipfs/app", keccak256("app"), "");
        dataset = datasetRegistry.createDataset(
            datasetOwner, "dataset", "/ipfs/dataset", keccak256("dataset")
        );
        pool = workerpoolRegistry.createWorkerpool(scheduler, "pool");
    }

    function _fund(address account) internal {
        hub.depositFor(RICHES, account);
    }

    function workerKey(uint256 index) internal pure returns (uint256) {
        return WORKER_KEY + index;
    }

    function worker(uint256 index) internal pure returns (address) {
        return vm.addr(workerKey(index));
    }

    // Orders, unsigned: change what the test is about, then match.

    struct Orders {
        AppOrder app;
        DatasetOrder dataset;
        WorkerpoolOrder pool;
        RequestOrder request;
    }

    /// @dev Without dataset, for `volume` tasks at `trust`.
    function ordersFor(uint256 trust, uint256 volume) internal returns (Orders memory o) {
        o.app = AppOrder(app, APP_PRICE, volume, 0, address(0), address(0), address(0), salt(), "");
        o.pool.workerpool = pool;
        o.pool.workerpoolprice = POOL_PRICE;
        o.pool.volume = volume;
        o.pool.trust = trust;
        o.pool.salt = salt();
        o.request.app = app;
        o.request.appmaxprice = APP_PRICE;
        o.request.workerpoolmaxprice = POOL_PRICE;
        o.request.requester = requester;
        o.request.volume = volume;
        o.request.trust = trust;
        o.request.beneficiary = requester;
        o.request.params = '{"iexec_args":"--depth 4"}';
        o.request.salt = salt();
    }

    function withDataset(Orders memory o) internal returns (Orders memory) {
        o.dataset = DatasetOrder(
            dataset,
            DATASET_PRICE,
            o.request.volume,
            0,
            address(0),
            address(0),
            address(0),
            salt(),
            ""
        );
        o.request.dataset = dataset;
        o.request.datasetmaxprice = DATASET_PRICE;
        return o;
    }

    function salt() internal returns (bytes32) {
        return keccak256(abi.encode("salt", ++_salt));
    }

    function signAll(Orders memory o) internal view returns (Orders memory) {
        o.app.sign = sign(APP_KEY, hashOf(o.app));
        if (o.dataset.dataset != address(0)) {
            o.dataset.sign = sign(DATASET_KEY, hashOf(o.dataset));
        }
        o.pool.sign = sign(SCHEDULER_KEY, hashOf(o.pool));
        o.request.sign = sign(REQUESTER_KEY, hashOf(o.request));
        return o;
    }

    function hashOf(AppOrder memory o) internal view returns (bytes32) {
        return Hashes.digest(domain, Hashes.app(o));
    }

    function hashOf(DatasetOrder memory o) internal view returns (bytes32) {
        return Hashes.digest(domain, Hashes.dataset(o));
    }

    function hashOf(WorkerpoolOrder memory o) internal view returns (bytes32) {
        return Hashes.digest(domain, Hashes.workerpool(o));
    }

    function hashOf(RequestOrder memory o) internal view returns (bytes32) {
        return Hashes.digest(domain, Hashes.request(o));
    }

    function sign(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Signs and matches.
    function matched(Orders memory o) internal returns (bytes32) {
        signAll(o);
        return hub.matchOrders(o.app, o.dataset, o.pool, o.request);
    }

    // Tasks.

    /// @dev A deal of one task at `trust`, opened.
    function openTask(uint256 trust) internal returns (bytes32) {
        return hub.initialize(matched(ordersFor(trust, 1)), 0);
    }

    function authorization(address who, bytes32 taskid, address enclave)
        internal
        pure
        returns (bytes memory)
    {
        return sign(SCHEDULER_KEY, message(keccak256(abi.encodePacked(who, taskid, enclave))));
    }

    function message(bytes32 hash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", hash));
    }

    function sealOf(address who, bytes32 taskid, bytes32 digest) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(who, taskid, digest));
    }

    function resultHash(bytes32 taskid, bytes32 digest) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(taskid, digest));
    }

    /// @dev Worker `index` votes for `digest`.
    function vote(uint256 index, bytes32 taskid, bytes32 digest) internal {
        voteSealed(index, taskid, digest, sealOf(worker(index), taskid, digest));
    }

    function voteSealed(uint256 index, bytes32 taskid, bytes32 digest, bytes32 seal) internal {
        address who = worker(index);
        bytes memory grant = authorization(who, taskid, address(0));
        vm.prank(who);
        hub.contribute(taskid, resultHash(taskid, digest), seal, address(0), "", grant);
    }

    function reveal(uint256 index, bytes32 taskid, bytes32 digest) internal {
        vm.prank(worker(index));
        hub.reveal(taskid, digest);
    }

    function finalize(bytes32 taskid) internal {
        vm.prank(scheduler);
        hub.finalize(taskid, RESULTS, "");
    }

    /// @dev Worker `index` does all of a trust 1 task.
    function single(uint256 index, bytes32 taskid, bytes32 digest) internal {
        address who = worker(index);
        bytes memory grant = authorization(who, taskid, address(0));
        vm.prank(who);
        hub.contributeAndFinalize(taskid, digest, RESULTS, "", address(0), "", grant);
    }

    // Facts.

    function free(address account) internal view returns (uint256) {
        return hub.balanceOf(account);
    }

    function locked(address account) internal view returns (uint256) {
        return hub.frozenOf(account);
    }

    function statusOf(bytes32 taskid) internal view returns (TaskStatusEnum) {
        return hub.viewTask(taskid).status;
    }

    function assertStatus(bytes32 taskid, TaskStatusEnum wanted) internal view {
        vm.assertEq(uint256(statusOf(taskid)), uint256(wanted), "status");
    }

    /// @dev Every unit of the token the hub holds belongs to one of `people`, the kitty included.
    function assertSolvent() internal view {
        uint256 sum = free(KITTY) + locked(KITTY);
        address[6] memory people =
            [requester, scheduler, appOwner, datasetOwner, sponsor, address(this)];
        for (uint256 i = 0; i < people.length; ++i) {
            sum += free(people[i]) + locked(people[i]);
        }
        for (uint256 i = 0; i < 40; ++i) {
            sum += free(worker(i)) + locked(worker(i));
        }
        vm.assertEq(sum, hub.totalSupply(), "sum of accounts");
        vm.assertEq(hub.totalSupply(), rlc.balanceOf(address(hub)), "token held");
    }
}
