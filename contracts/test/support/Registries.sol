// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {AppRegistry} from "../../src/registries/App.sol";
import {DatasetRegistry} from "../../src/registries/Dataset.sol";
import {Workerpool, WorkerpoolRegistry} from "../../src/registries/Workerpool.sol";
import {vm} from "./Vm.sol";

/// @dev The three registries, empty.
abstract contract Registries {
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);

    AppRegistry internal apps;
    DatasetRegistry internal datasets;
    WorkerpoolRegistry internal pools;

    function setUp() public {
        bytes memory me = abi.encode(address(this));
        apps = AppRegistry(vm.deployCode("App.sol:AppRegistry", me));
        datasets = DatasetRegistry(vm.deployCode("Dataset.sol:DatasetRegistry", me));
        pools = WorkerpoolRegistry(vm.deployCode("Workerpool.sol:WorkerpoolRegistry", me));
    }

    function _pool(string memory description) internal returns (Workerpool) {
        return Workerpool(pools.createWorkerpool(ALICE, description));
    }

    function _id(Workerpool pool) internal pure returns (uint256) {
        return uint160(address(pool));
    }

    function _nonexistent(address entry) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IERC721Errors.ERC721NonexistentToken.selector, uint256(uint160(entry))
        );
    }
}
