// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AppOrder, DatasetOrder, RequestOrder, WorkerpoolOrder} from "./Orders.sol";

/// @title Matching
/// @notice Four signed orders become a deal, and who has signed what.
interface Matching {
    /// @notice The orders became deal `dealid` of `volume` tasks; `datasetHash` is 0 without dataset.
    event OrdersMatched(
        bytes32 dealid,
        bytes32 appHash,
        bytes32 datasetHash,
        bytes32 workerpoolHash,
        bytes32 requestHash,
        uint256 volume
    );
    /// @notice `workerpool` has work: its scheduler watches for this.
    event SchedulerNotice(address indexed workerpool, bytes32 dealid);
    /// @notice `sponsor`, not the requester, pays deal `dealId`.
    event DealSponsored(bytes32 dealId, address sponsor);

    /// @notice Whether `signature` over `hash` is by `identity`: its key (65 or 64 bytes), or its
    /// ERC-1271 contract. An account with code may still sign with its key (EIP-7702).
    /// @dev Reverts with `invalid-signature-format` for a codeless account and another length.
    /// The zero address never signs.
    function verifySignature(address identity, bytes32 hash, bytes calldata signature)
        external
        view
        returns (bool);

    /// @notice Whether `identity` signed the order `hash` on chain.
    function verifyPresignature(address identity, bytes32 hash) external view returns (bool);

    /// @notice Either of the two.
    function verifyPresignatureOrSignature(address identity, bytes32 hash, bytes calldata signature)
        external
        view
        returns (bool);

    /// @notice Makes a deal of compatible signed orders. Anyone may call; the requester pays.
    /// @dev Locks the price of every task from the payer and 30 % of the workerpool price from the
    /// workerpool owner. Reverts with `iExecV5-matchOrders-0xNN`: see `libraries/Reason.sol`.
    /// Without a dataset, every field of the dataset order is ignored. A deal holds at most
    /// 2^32-1 tasks; the rest of a larger volume stays for the next match.
    function matchOrders(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32 dealid);

    /// @notice The same, paid by the caller. What is refunded goes back to the caller.
    function sponsorMatchOrders(
        AppOrder calldata apporder,
        DatasetOrder calldata datasetorder,
        WorkerpoolOrder calldata workerpoolorder,
        RequestOrder calldata requestorder
    ) external returns (bytes32 dealid);
}
