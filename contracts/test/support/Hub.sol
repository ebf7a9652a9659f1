// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Ownership} from "../../src/diamond/Diamond.sol";
import {Batches} from "../../src/interfaces/Batches.sol";
import {Boost, BoostMatching} from "../../src/interfaces/Boost.sol";
import {Bulk} from "../../src/interfaces/Bulk.sol";
import {Configuration} from "../../src/interfaces/Configuration.sol";
import {Contests} from "../../src/interfaces/Contests.sol";
import {EscrowNative, EscrowToken, Ledger} from "../../src/interfaces/Escrow.sol";
import {Matching} from "../../src/interfaces/Matching.sol";
import {OrderManagement, Relay} from "../../src/interfaces/OrderManagement.sol";
import {Tasks} from "../../src/interfaces/Tasks.sol";
import {LegacyViews, Views} from "../../src/interfaces/Views.sol";

/// @dev Everything the hub answers to in token mode.
interface Hub is
    Matching,
    Tasks,
    Batches,
    Bulk,
    Contests,
    Boost,
    BoostMatching,
    OrderManagement,
    Relay,
    EscrowToken,
    Ledger,
    Configuration,
    Views,
    LegacyViews,
    Ownership
{}
