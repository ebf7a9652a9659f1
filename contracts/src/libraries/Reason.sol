// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {BoostMatching} from "../interfaces/Boost.sol";

/// @title Reason
/// @notice The sentences and codes clients of the protocol already know, byte for byte.
library Reason {
    /// @dev Codes of `iExecV5-matchOrders-0xNN`: the first that applies is the one reported.
    uint8 internal constant CATEGORY_MISMATCH = 0x00;
    uint8 internal constant UNKNOWN_CATEGORY = 0x01;
    uint8 internal constant TRUST_TOO_HIGH = 0x02;
    uint8 internal constant APP_OVERPRICED = 0x03;
    uint8 internal constant DATASET_OVERPRICED = 0x04;
    uint8 internal constant WORKERPOOL_OVERPRICED = 0x05;
    uint8 internal constant TAG_NOT_COVERED = 0x06;
    uint8 internal constant APP_NOT_FOR_TEE = 0x07;
    uint8 internal constant OTHER_APP_REQUESTED = 0x10;
    uint8 internal constant OTHER_DATASET_REQUESTED = 0x11;
    uint8 internal constant REQUEST_REFUSES_WORKERPOOL = 0x12;
    uint8 internal constant APP_REFUSES_DATASET = 0x13;
    uint8 internal constant APP_REFUSES_WORKERPOOL = 0x14;
    uint8 internal constant APP_REFUSES_REQUESTER = 0x15;
    uint8 internal constant DATASET_REFUSES_APP = 0x16;
    uint8 internal constant DATASET_REFUSES_WORKERPOOL = 0x17;
    uint8 internal constant DATASET_REFUSES_REQUESTER = 0x18;
    uint8 internal constant WORKERPOOL_REFUSES_APP = 0x19;
    uint8 internal constant WORKERPOOL_REFUSES_DATASET = 0x1a;
    uint8 internal constant WORKERPOOL_REFUSES_REQUESTER = 0x1b;
    uint8 internal constant APP_UNREGISTERED = 0x20;
    uint8 internal constant APP_SIGNATURE = 0x21;
    uint8 internal constant DATASET_UNREGISTERED = 0x30;
    uint8 internal constant DATASET_SIGNATURE = 0x31;
    uint8 internal constant WORKERPOOL_UNREGISTERED = 0x40;
    uint8 internal constant WORKERPOOL_SIGNATURE = 0x41;
    uint8 internal constant REQUEST_SIGNATURE = 0x50;
    uint8 internal constant CONSUMED = 0x60;

    string internal constant INVALID_SIGNATURE_FORMAT = "invalid-signature-format";
    string internal constant INVALID_SENDER = "invalid-sender-or-signature";
    string internal constant AMOUNT_EXCEEDS_BALANCE =
        "IexecEscrow: Transfer amount exceeds balance";
    string internal constant NOT_OWNER = "Ownable: caller is not the owner";
    string internal constant ALREADY_CONFIGURED = "already-configured";
    string internal constant NOT_CONFIGURED = "not-configured";
    string internal constant TASK_PENDING = "task-pending";
    string internal constant WRONG_TOKEN = "wrong-token";
    string internal constant FAILED_TRANSFER_FROM = "failed-transferFrom";
    string internal constant INVALID_ARRAY_LENGTH = "invalid-array-length";
    string internal constant NATIVE_TRANSFER_FAILED = "native-transfer-failed";
    string internal constant FALLBACK_DISABLED = "fallback-disabled";
    string internal constant APPROVAL_REFUSED = "approval-refused";
    string internal constant MINT_TO_ZERO = "ERC20: mint to the zero address";
    string internal constant TRANSFER_FROM_ZERO = "ERC20: transfer from the zero address";
    string internal constant TRANSFER_TO_ZERO = "ERC20: transfer to the zero address";
    string internal constant APPROVE_FROM_ZERO = "ERC20: approve from the zero address";
    string internal constant APPROVE_TO_ZERO = "ERC20: approve to the zero address";

    /// @notice Refuses a match unless `holds`: with `iExecV5-matchOrders-0x` and the code or, at the
    /// doors of Boost, with its sentence.
    function matching(bool holds, uint8 code) internal pure {
        if (!holds) _refuse(code);
    }

    function boost(bool holds, string memory sentence) internal pure {
        require(holds, string.concat("PocoBoost: ", sentence));
    }

    function _refuse(uint8 code) private pure {
        if (
            msg.sig == BoostMatching.matchOrdersBoost.selector
                || msg.sig == BoostMatching.sponsorMatchOrdersBoost.selector
        ) boost(false, _sentence(code));
        revert(string.concat("iExecV5-matchOrders-0x", string(_hex(code))));
    }

    function _hex(uint8 code) private pure returns (bytes memory digits) {
        bytes16 alphabet = "0123456789abcdef";
        digits = new bytes(2);
        digits[0] = alphabet[code >> 4];
        digits[1] = alphabet[code & 0x0f];
    }

    function _sentence(uint8 code) private pure returns (string memory) {
        if (code == CATEGORY_MISMATCH) return "Category mismatch";
        if (code == UNKNOWN_CATEGORY) return "Unknown category";
        if (code == TRUST_TOO_HIGH) return "Bad trust level";
        if (code == APP_OVERPRICED) return "Overpriced app";
        if (code == DATASET_OVERPRICED) return "Overpriced dataset";
        if (code == WORKERPOOL_OVERPRICED) return "Overpriced workerpool";
        if (code == TAG_NOT_COVERED) return "Workerpool tag does not match demand";
        if (code == APP_NOT_FOR_TEE) return "App tag does not match demand";
        if (code == OTHER_APP_REQUESTED) return "App mismatch";
        if (code == OTHER_DATASET_REQUESTED) return "Dataset mismatch";
        if (code == REQUEST_REFUSES_WORKERPOOL) return "Workerpool restricted by request order";
        if (code == APP_REFUSES_DATASET) return "Dataset restricted by app order";
        if (code == APP_REFUSES_WORKERPOOL) return "Workerpool restricted by app order";
        if (code == APP_REFUSES_REQUESTER) return "Requester restricted by app order";
        if (code == DATASET_REFUSES_APP) return "App restricted by dataset order";
        if (code == DATASET_REFUSES_WORKERPOOL) return "Workerpool restricted by dataset order";
        if (code == DATASET_REFUSES_REQUESTER) return "Requester restricted by dataset order";
        if (code == WORKERPOOL_REFUSES_APP) return "App restricted by workerpool order";
        if (code == WORKERPOOL_REFUSES_DATASET) return "Dataset restricted by workerpool order";
        if (code == WORKERPOOL_REFUSES_REQUESTER) {
            return "Requester restricted by workerpool order";
        }
        if (code == APP_UNREGISTERED) return "App not registered";
        if (code == APP_SIGNATURE) return "Invalid app order signature";
        if (code == DATASET_UNREGISTERED) return "Dataset not registered";
        if (code == DATASET_SIGNATURE) return "Invalid dataset order signature";
        if (code == WORKERPOOL_UNREGISTERED) return "Workerpool not registered";
        if (code == WORKERPOOL_SIGNATURE) return "Invalid workerpool order signature";
        if (code == REQUEST_SIGNATURE) return "Invalid request order signature";
        return "One or more orders consumed";
    }
}
