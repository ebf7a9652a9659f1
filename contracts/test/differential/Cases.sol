// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev Runs many generated cases in one call. A case is a row of bytes, each of which is a choice;
/// `packages/protocol`'s mirror makes the same of the same bytes.
abstract contract Cases {
    error NotForOthers();

    /// @notice One word for each `width` bytes of `cases`.
    function run(bytes calldata cases, uint256 width) external returns (uint256[] memory answers) {
        answers = new uint256[](cases.length / width);
        for (uint256 i = 0; i < answers.length; ++i) {
            answers[i] = Cases(this).answer(cases[i * width:(i + 1) * width], i);
        }
    }

    /// @dev External, so that each case has its own memory.
    function answer(bytes calldata choices, uint256 index) external returns (uint256) {
        if (msg.sender != address(this)) revert NotForOthers();
        return _answer(choices, index);
    }

    function _answer(bytes calldata choices, uint256 index) internal virtual returns (uint256);
}
