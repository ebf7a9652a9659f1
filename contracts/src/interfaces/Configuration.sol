// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EIP712Domain} from "./Orders.sol";

/// @title Configuration
/// @notice What the owner of the hub decides.
interface Configuration {
    event CreateCategory(uint256 catid, string name, string description, uint256 workClockTimeRef);
    event PolicyChanged(uint256 kittyCapPercent, uint256 scoreMinPrice);

    /// @notice This hub never had a predecessor whose scores could be imported.
    error NotSupported();
    /// @notice `value` is above `limit`, the highest this setting may take.
    error SettingTooHigh(uint256 value, uint256 limit);

    /// @notice Names the hub, its token (0 for the chain's coin) and its registries. Once.
    /// @dev `v3hub` is ignored.
    function configure(
        address token,
        string calldata name,
        string calldata symbol,
        uint8 decimals,
        address appregistry,
        address datasetregistry,
        address workerpoolregistry,
        address v3hub
    ) external;

    function domain() external view returns (EIP712Domain memory);

    /// @notice Nothing to do: the separator is derived from the chain id at each use.
    function updateDomainSeparator() external;

    /// @notice Always `NotSupported`.
    function importScore(address worker) external;

    /// @notice Who, beside the scheduler, may vouch for enclave challenges. 0: the scheduler.
    /// @dev A contract that answers ERC-1271 can be a quorum of brokers.
    function setTeeBroker(address teebroker) external;

    /// @notice Gas a result callback gets; at most 1,000,000, lest results could not be finalized.
    function setCallbackGas(uint256 callbackgas) external;

    function changeRegistries(
        address appregistry,
        address datasetregistry,
        address workerpoolregistry
    ) external;

    /// @notice Appends a category: categories are never changed nor removed.
    function createCategory(
        string calldata name,
        string calldata description,
        uint256 workClockTimeRef
    ) external returns (uint256);

    /// @notice Sets the two policies in which this hub differs from the original.
    /// @param kittyCapPercent Most a task may draw from the kitty, in percent of its workerpool
    /// price; 65535 lifts the cap, as in the original. 10 at first.
    /// @param scoreMinPrice Workerpool price, in nRLC, below which a task earns no score; 0 as in
    /// the original. 1 at first.
    function setPolicy(uint256 kittyCapPercent, uint256 scoreMinPrice) external;

    function viewPolicy() external view returns (uint256 kittyCapPercent, uint256 scoreMinPrice);
}
