// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Brokers} from "../../src/enclaves/Brokers.sol";
import {vm} from "../support/Vm.sol";

contract BrokersTest {
    bytes32 private constant HASH = keccak256("a machine");

    /// @dev Three keys whose addresses ascend.
    function _keys() private pure returns (uint256[] memory keys, address[] memory addresses) {
        keys = new uint256[](3);
        addresses = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            (keys[i], addresses[i]) = (i + 1, vm.addr(i + 1));
            for (uint256 j = i; j > 0 && addresses[j] < addresses[j - 1]; --j) {
                (keys[j], keys[j - 1]) = (keys[j - 1], keys[j]);
                (addresses[j], addresses[j - 1]) = (addresses[j - 1], addresses[j]);
            }
        }
    }

    function _brokers(address[] memory keys, uint256 needed) private returns (Brokers) {
        return Brokers(vm.deployCode("Brokers.sol:Brokers", abi.encode(keys, needed)));
    }

    function _sign(uint256 key) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, HASH);
        return abi.encodePacked(r, s, v);
    }

    function test_Brokers_VouchTogetherOnly() public {
        (uint256[] memory keys, address[] memory addresses) = _keys();
        Brokers brokers = _brokers(addresses, 2);
        vm.assertEq(brokers.keys().length, 3, "keys");
        (bytes memory a, bytes memory b) = (_sign(keys[0]), _sign(keys[1]));
        bytes memory c = _sign(keys[2]);
        _expect(brokers, bytes.concat(a, b), true, "two");
        _expect(brokers, bytes.concat(a, c), true, "two others");
        _expect(brokers, bytes.concat(a, b, c), true, "all");
        _expect(brokers, a, false, "one");
        _expect(brokers, bytes.concat(a, a), false, "one, twice");
        _expect(brokers, bytes.concat(b, a), false, "descending");
        _expect(brokers, bytes.concat(a, _sign(99)), false, "another key");
        _expect(brokers, bytes.concat(a, new bytes(65)), false, "nobody");
        _expect(brokers, bytes.concat(a, b, hex"00"), false, "more than signatures");
        _expect(brokers, "", false, "nothing");
    }

    function _expect(Brokers brokers, bytes memory signs, bool valid, string memory what)
        private
        view
    {
        bytes4 answer = brokers.isValidSignature(HASH, signs);
        vm.assertEq(answer == bytes4(0x1626ba7e), valid, what);
    }

    function test_Brokers_CannotBeImpossible() public {
        (, address[] memory keys) = _keys();
        _refuse(abi.encodeWithSelector(Brokers.QuorumImpossible.selector, 0, 3), keys, 0);
        _refuse(abi.encodeWithSelector(Brokers.QuorumImpossible.selector, 4, 3), keys, 4);
        keys[1] = keys[0];
        _refuse(abi.encodeWithSelector(Brokers.KeysNotAscending.selector, keys[0]), keys, 2);
        address[] memory many = new address[](33);
        _refuse(abi.encodeWithSelector(Brokers.QuorumImpossible.selector, 2, 33), many, 2);
    }

    function _refuse(bytes memory why, address[] memory keys, uint256 needed) private {
        try new Brokers(keys, needed) returns (Brokers) {
            revert("it was made");
        } catch (bytes memory said) {
            vm.assertEq(said, why, "why");
        }
    }
}
