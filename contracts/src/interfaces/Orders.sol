// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev Field names, their order and the name of each struct are part of the signed EIP-712 types:
/// changing any of them invalidates every signature. Prices are in the smallest unit of the token
/// (nRLC), for one task. `sign` is not part of what is signed.

struct EIP712Domain {
    string name;
    string version;
    uint256 chainId;
    address verifyingContract;
}

/// @notice The owner of an app offers `volume` executions at `appprice` each.
struct AppOrder {
    address app;
    uint256 appprice;
    uint256 volume;
    bytes32 tag;
    address datasetrestrict;
    address workerpoolrestrict;
    address requesterrestrict;
    bytes32 salt;
    bytes sign;
}

/// @notice The owner of a dataset offers `volume` uses at `datasetprice` each.
struct DatasetOrder {
    address dataset;
    uint256 datasetprice;
    uint256 volume;
    bytes32 tag;
    address apprestrict;
    address workerpoolrestrict;
    address requesterrestrict;
    bytes32 salt;
    bytes sign;
}

/// @notice The owner of a workerpool offers to run `volume` tasks of one category up to `trust`.
struct WorkerpoolOrder {
    address workerpool;
    uint256 workerpoolprice;
    uint256 volume;
    bytes32 tag;
    uint256 category;
    uint256 trust;
    address apprestrict;
    address datasetrestrict;
    address requesterrestrict;
    bytes32 salt;
    bytes sign;
}

/// @notice A requester asks for `volume` tasks and says the most it pays for each part.
struct RequestOrder {
    address app;
    uint256 appmaxprice;
    address dataset;
    uint256 datasetmaxprice;
    address workerpool;
    uint256 workerpoolmaxprice;
    address requester;
    uint256 volume;
    bytes32 tag;
    uint256 category;
    uint256 trust;
    address beneficiary;
    address callback;
    string params;
    bytes32 salt;
    bytes sign;
}

/// @notice What an owner may do with an order on chain, without or before matching it.
enum OrderOperationEnum {
    SIGN,
    CLOSE
}

struct AppOrderOperation {
    AppOrder order;
    OrderOperationEnum operation;
    bytes sign;
}

struct DatasetOrderOperation {
    DatasetOrder order;
    OrderOperationEnum operation;
    bytes sign;
}

struct WorkerpoolOrderOperation {
    WorkerpoolOrder order;
    OrderOperationEnum operation;
    bytes sign;
}

struct RequestOrderOperation {
    RequestOrder order;
    OrderOperationEnum operation;
    bytes sign;
}
