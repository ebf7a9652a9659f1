// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AppOrder,
    DatasetOrder,
    RequestOrder,
    WorkerpoolOrder
} from "../../src/interfaces/Orders.sol";

/// @dev EIP-712 by the book, written independently of the hub: from type strings, with abi.encode.
library Hashes {
    string private constant RESTRICTIONS =
        "address workerpoolrestrict,address requesterrestrict,bytes32 salt)";

    function digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function app(AppOrder memory o) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            bytes(
                string.concat(
                    "AppOrder(address app,uint256 appprice,uint256 volume,bytes32 tag,address datasetrestrict,",
                    RESTRICTIONS
                )
            )
        );
        return keccak256(
            abi.encode(
                kind,
                o.app,
                o.appprice,
                o.volume,
                o.tag,
                o.datasetrestrict,
                o.workerpoolrestrict,
                o.requesterrestrict,
                o.salt
            )
        );
    }

    function dataset(DatasetOrder memory o) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            bytes(
                string.concat(
                    "DatasetOrder(address dataset,uint256 datasetprice,uint256 volume,bytes32 tag,address apprestrict,",
                    RESTRICTIONS
                )
            )
        );
        return keccak256(
            abi.encode(
                kind,
                o.dataset,
                o.datasetprice,
                o.volume,
                o.tag,
                o.apprestrict,
                o.workerpoolrestrict,
                o.requesterrestrict,
                o.salt
            )
        );
    }

    function workerpool(WorkerpoolOrder memory o) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "WorkerpoolOrder(address workerpool,uint256 workerpoolprice,uint256 volume,bytes32 tag,uint256 category,uint256 trust,address apprestrict,address datasetrestrict,address requesterrestrict,bytes32 salt)"
        );
        bytes memory head =
            abi.encode(kind, o.workerpool, o.workerpoolprice, o.volume, o.tag, o.category, o.trust);
        return keccak256(
            bytes.concat(
                head, abi.encode(o.apprestrict, o.datasetrestrict, o.requesterrestrict, o.salt)
            )
        );
    }

    function request(RequestOrder memory o) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "RequestOrder(address app,uint256 appmaxprice,address dataset,uint256 datasetmaxprice,address workerpool,uint256 workerpoolmaxprice,address requester,uint256 volume,bytes32 tag,uint256 category,uint256 trust,address beneficiary,address callback,string params,bytes32 salt)"
        );
        bytes memory head = abi.encode(
            kind,
            o.app,
            o.appmaxprice,
            o.dataset,
            o.datasetmaxprice,
            o.workerpool,
            o.workerpoolmaxprice,
            o.requester
        );
        bytes memory tail = abi.encode(
            o.volume,
            o.tag,
            o.category,
            o.trust,
            o.beneficiary,
            o.callback,
            keccak256(bytes(o.params)),
            o.salt
        );
        return keccak256(bytes.concat(head, tail));
    }
}
