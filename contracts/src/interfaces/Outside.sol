// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @dev The contracts the hub calls. None of them is trusted with more than its answer.

/// @notice A registry of assets: ERC-721, the token id is the asset's address as a number.
interface AssetRegistry {
    /// @dev Reverts for an asset that is not registered.
    function ownerOf(uint256 tokenId) external view returns (address);
}

/// @notice The registry of workerpools also says on which terms a pool works.
interface PoolRegistry is AssetRegistry {
    /// @dev Reverts for a workerpool that is not registered. Ratios in percent.
    function offerOf(address workerpool)
        external
        view
        returns (address owner, uint256 workerStakeRatio, uint256 schedulerRewardRatio);
}

interface AppEntry {
    function owner() external view returns (address);
    function m_appName() external view returns (string memory);
    function m_appType() external view returns (string memory);
    function m_appMultiaddr() external view returns (bytes memory);
    function m_appChecksum() external view returns (bytes32);
    function m_appMREnclave() external view returns (bytes memory);
}

interface DatasetEntry {
    function owner() external view returns (address);
    function m_datasetName() external view returns (string memory);
    function m_datasetMultiaddr() external view returns (bytes memory);
    function m_datasetChecksum() external view returns (bytes32);
}

interface WorkerpoolEntry {
    function owner() external view returns (address);
    function m_workerpoolDescription() external view returns (string memory);
    function m_workerStakeRatioPolicy() external view returns (uint256);
    function m_schedulerRewardRatioPolicy() external view returns (uint256);
}

/// @notice ERC-1154: who asked for a result on chain.
interface OracleConsumer {
    function receiveResult(bytes32 id, bytes calldata results) external;
}

/// @notice ERC-734: a group is a contract whose members hold a key of purpose 4.
interface Group {
    function keyHasPurpose(bytes32 key, uint256 purpose) external view returns (bool);
}

interface ApprovalReceiver {
    function receiveApproval(address from, uint256 amount, address token, bytes calldata data)
        external
        returns (bool);
}

interface Owned {
    function owner() external view returns (address);
}

interface Token {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}
