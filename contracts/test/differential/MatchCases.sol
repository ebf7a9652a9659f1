// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {MatchFacet} from "../../src/facets/MatchFacet.sol";
import {
    AppOrder,
    DatasetOrder,
    RequestOrder,
    WorkerpoolOrder
} from "../../src/interfaces/Orders.sol";
import {Funds} from "../../src/libraries/Funds.sol";
import {Order} from "../../src/libraries/Order.sol";
import {Store} from "../../src/libraries/Store.sol";
import {Cases} from "./Cases.sol";

/// @dev Signs whatever carries the signature 0x01, and is a group whose only member is ...0c01.
contract Wallet {
    function isValidSignature(bytes32, bytes calldata signature) external pure returns (bytes4) {
        return keccak256(signature) == keccak256(hex"01") ? bytes4(0x1626ba7e) : bytes4(0);
    }

    function keyHasPurpose(bytes32 key, uint256 purpose) external pure returns (bool) {
        return purpose == 4 && uint256(key) & 0xffff == 0x0c01;
    }
}

/// @dev Bytes: one for each field of each order, in order, then the sign byte and the consumed volume
/// of each. Answer: 0xff and the deal's volume above it, or the code of the refusal.
contract MatchCases is MatchFacet, Cases {
    address private immutable _wallet = address(new Wallet());

    constructor() {
        Store.Hub storage hub = Store.hub();
        hub.appRegistry = address(this);
        hub.datasetRegistry = address(this);
        hub.workerpoolRegistry = address(this);
        hub.category[0].exists = true;
        hub.category[1].exists = true;
    }

    /// @notice Where a wallet's code must be placed for the cases to make sense.
    function wallet() external view returns (address) {
        return _wallet;
    }

    /// @notice The registries: of what ends in 0a.. the owner is a wallet, unless it ends in ff.
    function ownerOf(uint256 id) public pure returns (address owner) {
        require(id & 0xff != 0xff, "unknown");
        return address(0x0c02);
    }

    function offerOf(address pool) external pure returns (address, uint256, uint256) {
        return (ownerOf(uint160(pool)), 30, 1);
    }

    function _answer(bytes calldata c, uint256 index) internal override returns (uint256) {
        (AppOrder memory app, DatasetOrder memory dataset) = _assets(c, index);
        (WorkerpoolOrder memory pool, RequestOrder memory request) = _sides(c, index);
        this.consume(app, dataset, pool, request, c[44:48]);
        try this.matchOrders(app, dataset, pool, request) returns (bytes32 dealid) {
            return 0xff | (uint256(Store.hub().deal[dealid].size) << 8);
        } catch Error(string memory reason) {
            return _code(bytes(reason));
        }
    }

    /// @dev Sets what was consumed before, and gives both payers enough.
    function consume(
        AppOrder calldata app,
        DatasetOrder calldata dataset,
        WorkerpoolOrder calldata pool,
        RequestOrder calldata request,
        bytes calldata c
    ) external {
        bytes32 domain = Order.separator();
        mapping(bytes32 => uint256) storage consumed = Store.hub().consumed;
        consumed[Order.digest(domain, Order.hash(app))] = _part(c[0], app.volume);
        consumed[Order.digest(domain, Order.hash(dataset))] = _part(c[1], dataset.volume);
        consumed[Order.digest(domain, Order.hash(pool))] = _part(c[2], pool.volume);
        consumed[Order.digest(domain, Order.hash(request))] = _part(c[3], request.volume);
        Store.hub().wallet[request.requester].funds = Funds.wrap(1 << 100);
        Store.hub().wallet[address(0x0c02)].funds = Funds.wrap(1 << 100);
    }

    function _assets(bytes calldata c, uint256 index)
        private
        pure
        returns (AppOrder memory app, DatasetOrder memory dataset)
    {
        app.app = _asset(c[0], 0x0a01);
        app.appprice = _price(c[1]);
        app.volume = _volume(c[2]);
        app.tag = _tag(c[3]);
        app.datasetrestrict = _limit(c[4], 0x0d01);
        app.workerpoolrestrict = _limit(c[5], 0x0b01);
        app.requesterrestrict = _limit(c[6], 0x0c01);
        app.salt = bytes32(index);
        app.sign = _sign(c[40]);
        dataset.dataset = _optional(c[7]);
        dataset.datasetprice = _price(c[8]);
        dataset.volume = _volume(c[9]);
        dataset.tag = _tag(c[10]);
        dataset.apprestrict = _limit(c[11], 0x0a01);
        dataset.workerpoolrestrict = _limit(c[12], 0x0b01);
        dataset.requesterrestrict = _limit(c[13], 0x0c01);
        dataset.salt = bytes32(index);
        dataset.sign = _sign(c[41]);
    }

    function _sides(bytes calldata c, uint256 index)
        private
        pure
        returns (WorkerpoolOrder memory pool, RequestOrder memory request)
    {
        pool.workerpool = _asset(c[14], 0x0b01);
        pool.workerpoolprice = _price(c[15]);
        pool.volume = _volume(c[16]);
        pool.tag = _offered(c[17]);
        pool.category = _category(c[18]);
        pool.trust = _trust(c[19]) + 1;
        pool.apprestrict = _limit(c[20], 0x0a01);
        pool.datasetrestrict = _limit(c[21], 0x0d01);
        pool.requesterrestrict = _limit(c[22], 0x0c01);
        pool.salt = bytes32(index);
        pool.sign = _sign(c[42]);
        request.app = _asset(c[23], 0x0a01);
        request.appmaxprice = _price(c[24]) + 1;
        request.dataset = _optional(c[25]);
        request.datasetmaxprice = _price(c[26]) + 1;
        request.workerpool = _limit(c[27], 0x0b01);
        request.workerpoolmaxprice = _price(c[28]) + 1;
        request.requester = _asset(c[29], 0x0c01);
        request.volume = _volume(c[30]);
        request.tag = _tag(c[31]);
        request.category = _category(c[32]);
        request.trust = _trust(c[33]);
        request.salt = bytes32(index);
        request.sign = _sign(c[43]);
    }

    /// @dev 0: the usual one. 1: another that is registered. 2: one that is not.
    function _asset(bytes1 choice, uint160 usual) private pure returns (address) {
        uint256 n = uint8(choice) % 3;
        return address(n == 0 ? usual : n == 1 ? usual + 1 : usual | 0xff);
    }

    /// @dev 0: none. 1 to 3: as `_asset`.
    function _optional(bytes1 choice) private pure returns (address) {
        return uint8(choice) % 4 == 0 ? address(0) : _asset(bytes1(uint8(choice) % 4 - 1), 0x0d01);
    }

    /// @dev 0: anyone. 1: the usual one. 2: another. 3: a group.
    function _limit(bytes1 choice, uint160 usual) private pure returns (address) {
        uint256 n = uint8(choice) % 4;
        return address(n == 0 ? 0 : n == 1 ? usual : n == 2 ? 0x0e0e : 0x0c02);
    }

    function _price(bytes1 choice) private pure returns (uint256) {
        return uint8(choice) % 4;
    }

    function _volume(bytes1 choice) private pure returns (uint256) {
        uint256 n = uint8(choice) % 6;
        return n == 0
            ? 1
            : n == 1 ? 0 : n == 2 ? 2 ** 32 : n == 3 ? 2 ** 53 - 1 : n == 4 ? 7 : 2 ** 256 - 1;
    }

    function _part(bytes1 choice, uint256 volume) private pure returns (uint256) {
        uint256 n = uint8(choice) % 4;
        return n == 0 ? 0 : n == 1 ? volume : volume / 2;
    }

    function _tag(bytes1 choice) private pure returns (bytes32) {
        uint256 n = uint8(choice) % 6;
        return
            bytes32(
                n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 0x0e : n == 3 ? 0x100 : n == 4 ? 3 : 1 << 255
            );
    }

    /// @dev 0: everything.
    function _offered(bytes1 choice) private pure returns (bytes32) {
        return uint8(choice) == 0 ? bytes32(type(uint256).max) : _tag(choice);
    }

    function _category(bytes1 choice) private pure returns (uint256) {
        return uint8(choice) % 3;
    }

    function _trust(bytes1 choice) private pure returns (uint256) {
        return uint8(choice) % 3 * 4;
    }

    function _sign(bytes1 choice) private pure returns (bytes memory) {
        return uint8(choice) % 2 == 0 ? bytes(hex"01") : bytes("");
    }

    /// @dev The last two digits of `iExecV5-matchOrders-0xNN`; 0xfe for any other reason.
    function _code(bytes memory reason) private pure returns (uint256) {
        if (reason.length != 24) return 0xfe;
        return _digit(reason[22]) * 16 + _digit(reason[23]);
    }

    function _digit(bytes1 digit) private pure returns (uint256) {
        return uint8(digit) - (uint8(digit) < 0x3a ? 0x30 : 0x57);
    }
}
