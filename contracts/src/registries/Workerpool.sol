// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Entry} from "./Entry.sol";
import {Registry} from "./Registry.sol";

/// @title Workerpool
/// @notice A scheduler and the terms it offers to workers.
/// @dev Content: the description. The policy is in the registry's slot for the entry, beside the
/// owner, so that the hub reads both at once.
contract Workerpool is Entry {
    event PolicyUpdate(
        uint256 oldWorkerStakeRatioPolicy,
        uint256 newWorkerStakeRatioPolicy,
        uint256 oldSchedulerRewardRatioPolicy,
        uint256 newSchedulerRewardRatioPolicy
    );

    function m_workerpoolDescription() external view returns (string memory) {
        return string(_content());
    }

    /// @notice Percent of the workerpool price that a worker stakes on each contribution.
    function m_workerStakeRatioPolicy() external view returns (uint256 ratio) {
        (ratio,) = policy();
    }

    /// @notice Percent of the reward that the scheduler keeps.
    function m_schedulerRewardRatioPolicy() external view returns (uint256 ratio) {
        (, ratio) = policy();
    }

    /// @notice Both ratios, in percent.
    function policy() public view returns (uint256 workerStakeRatio, uint256 schedulerRewardRatio) {
        (, workerStakeRatio, schedulerRewardRatio) = _registry().offerOf(address(this));
    }

    /// @notice Changes the terms of deals to come; deals keep those they were made under.
    function changePolicy(uint256 newWorkerStakeRatio, uint256 newSchedulerRewardRatio) external {
        require(msg.sender == owner(), "caller is not the owner");
        (uint256 oldWorkerStakeRatio, uint256 oldSchedulerRewardRatio) = policy();
        _registry().setPolicy(newWorkerStakeRatio, newSchedulerRewardRatio);
        emit PolicyUpdate(
            oldWorkerStakeRatio,
            newWorkerStakeRatio,
            oldSchedulerRewardRatio,
            newSchedulerRewardRatio
        );
    }

    /// @notice An entry is complete from its creation.
    function initialize(string calldata) external pure {
        revert("already initialized");
    }

    function _registry() private view returns (WorkerpoolRegistry) {
        return WorkerpoolRegistry(address(registry));
    }
}

/// @title WorkerpoolRegistry
contract WorkerpoolRegistry is Registry {
    uint256 private constant DEFAULT_STAKE = 30;
    uint256 private constant DEFAULT_REWARD = 1;

    /// @notice A ratio, in percent, is above what the policy may say.
    error RatioTooHigh(uint256 ratio, uint256 limit);

    constructor(address owner_)
        Registry(
            owner_, address(new Workerpool()), "iExec Workerpool Registry (V5)", "iExecWorkerpoolV5"
        )
    {}

    /// @notice Registers a workerpool for `owner`. Anyone may, for anyone.
    function createWorkerpool(address owner, string calldata description)
        external
        returns (address)
    {
        return _create(owner, bytes(description));
    }

    /// @notice The address `createWorkerpool` would give, or gave.
    function predictWorkerpool(address owner, string calldata description)
        external
        view
        returns (address)
    {
        return _predict(owner, bytes(description));
    }

    /// @notice What the hub needs of a workerpool to match it, in one call and one slot.
    /// @return owner Who runs it; reverts when nobody does.
    /// @return workerStakeRatio Percent of the price that workers stake.
    /// @return schedulerRewardRatio Percent of the reward that the scheduler keeps.
    function offerOf(address workerpool)
        external
        view
        returns (address owner, uint256 workerStakeRatio, uint256 schedulerRewardRatio)
    {
        Token storage token = _token[_id(workerpool)];
        owner = token.owner;
        if (owner == address(0)) return _offerElsewhere(workerpool);
        return (owner, DEFAULT_STAKE ^ (token.terms >> 16), DEFAULT_REWARD ^ uint16(token.terms));
    }

    /// @notice Sets the policy of the workerpool that calls.
    /// @dev Kept as the difference from the default, so that a new entry has nothing to write.
    function setPolicy(uint256 workerStakeRatio, uint256 schedulerRewardRatio) external {
        if (_token[_id(msg.sender)].owner == address(0)) {
            revert ERC721NonexistentToken(_id(msg.sender));
        }
        if (workerStakeRatio > type(uint16).max) {
            revert RatioTooHigh(workerStakeRatio, type(uint16).max);
        }
        if (schedulerRewardRatio > 100) revert RatioTooHigh(schedulerRewardRatio, 100);
        _token[_id(msg.sender)].terms = uint32(
            ((workerStakeRatio ^ DEFAULT_STAKE) << 16) | (schedulerRewardRatio ^ DEFAULT_REWARD)
        );
    }

    /// @dev A pool of the previous registry, which may be of another make.
    function _offerElsewhere(address workerpool) private view returns (address, uint256, uint256) {
        return (
            ownerOf(_id(workerpool)),
            Workerpool(workerpool).m_workerStakeRatioPolicy(),
            Workerpool(workerpool).m_schedulerRewardRatioPolicy()
        );
    }
}
