// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {BatchFacet} from "./BatchFacet.sol";
import {BoostFacet} from "./BoostFacet.sol";
import {BulkFacet} from "./BulkFacet.sol";
import {ClaimFacet} from "./ClaimFacet.sol";
import {OrderFacet} from "./OrderFacet.sol";

/// @title RareFacet
/// @notice What most tasks never need, deployed as one contract: its parts run the same code, which
/// apart they would each carry.
contract RareFacet is ClaimFacet, BatchFacet, BulkFacet, BoostFacet, OrderFacet {}
