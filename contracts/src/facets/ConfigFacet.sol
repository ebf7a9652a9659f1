// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Configuration} from "../interfaces/Configuration.sol";
import {EIP712Domain} from "../interfaces/Orders.sol";
import {Owned} from "../interfaces/Outside.sol";
import {Order} from "../libraries/Order.sol";
import {Reason} from "../libraries/Reason.sol";
import {Store} from "../libraries/Store.sol";

/// @title ConfigFacet
/// @notice What the owner of the hub decides, within bounds that keep open deals safe.
contract ConfigFacet is Configuration {
    uint256 private constant FIRST_CALLBACK_GAS = 200_000;
    uint256 private constant MAX_CALLBACK_GAS = 1_000_000;
    uint256 private constant FIRST_KITTY_CAP = 10;
    uint256 private constant FIRST_SCORE_PRICE = 1;

    modifier onlyOwner() {
        require(msg.sender == Owned(address(this)).owner(), Reason.NOT_OWNER);
        _;
    }

    /// @inheritdoc Configuration
    function configure(
        address token,
        string calldata name,
        string calldata symbol,
        uint8 decimals,
        address appregistry,
        address datasetregistry,
        address workerpoolregistry,
        address
    ) external onlyOwner {
        Store.Hub storage hub = Store.hub();
        require(!hub.configured, Reason.ALREADY_CONFIGURED);
        hub.configured = true;
        hub.token = token;
        hub.decimals = decimals;
        hub.name = name;
        hub.symbol = symbol;
        _setRegistries(appregistry, datasetregistry, workerpoolregistry);
        hub.settings.callbackGas = uint32(FIRST_CALLBACK_GAS);
        _setPolicy(FIRST_KITTY_CAP, FIRST_SCORE_PRICE);
    }

    /// @inheritdoc Configuration
    function domain() external view returns (EIP712Domain memory) {
        return EIP712Domain(Order.DOMAIN_NAME, Order.DOMAIN_VERSION, block.chainid, address(this));
    }

    /// @inheritdoc Configuration
    function updateDomainSeparator() external view {
        require(Store.hub().configured, Reason.NOT_CONFIGURED);
    }

    /// @inheritdoc Configuration
    function importScore(address) external pure {
        revert NotSupported();
    }

    /// @inheritdoc Configuration
    function setTeeBroker(address teebroker) external onlyOwner {
        Store.hub().teeBroker = teebroker;
    }

    /// @inheritdoc Configuration
    function setCallbackGas(uint256 callbackgas) external onlyOwner {
        if (callbackgas > MAX_CALLBACK_GAS) revert SettingTooHigh(callbackgas, MAX_CALLBACK_GAS);
        Store.hub().settings.callbackGas = uint32(callbackgas);
    }

    /// @inheritdoc Configuration
    function changeRegistries(
        address appregistry,
        address datasetregistry,
        address workerpoolregistry
    ) external onlyOwner {
        _setRegistries(appregistry, datasetregistry, workerpoolregistry);
    }

    /// @inheritdoc Configuration
    function createCategory(
        string calldata name,
        string calldata description,
        uint256 workClockTimeRef
    ) external onlyOwner returns (uint256 catid) {
        if (workClockTimeRef > type(uint32).max) {
            revert SettingTooHigh(workClockTimeRef, type(uint32).max);
        }
        Store.Hub storage hub = Store.hub();
        catid = hub.categories++;
        hub.category[catid] = Store.CategorySlot({clock: uint32(workClockTimeRef), exists: true});
        hub.categoryText[catid] = Store.CategoryText({name: name, description: description});
        emit CreateCategory(catid, name, description, workClockTimeRef);
    }

    /// @inheritdoc Configuration
    function setPolicy(uint256 kittyCapPercent, uint256 scoreMinPrice) external onlyOwner {
        _setPolicy(kittyCapPercent, scoreMinPrice);
    }

    /// @inheritdoc Configuration
    function viewPolicy() external view returns (uint256, uint256) {
        Store.Settings storage settings = Store.hub().settings;
        return (settings.kittyCapPercent, settings.scoreMinPrice);
    }

    function _setRegistries(address app, address dataset, address workerpool) private {
        Store.Hub storage hub = Store.hub();
        hub.appRegistry = app;
        hub.datasetRegistry = dataset;
        hub.workerpoolRegistry = workerpool;
    }

    function _setPolicy(uint256 kittyCapPercent, uint256 scoreMinPrice) private {
        if (kittyCapPercent > type(uint16).max) {
            revert SettingTooHigh(kittyCapPercent, type(uint16).max);
        }
        if (scoreMinPrice > type(uint104).max) {
            revert SettingTooHigh(scoreMinPrice, type(uint104).max);
        }
        Store.Settings storage settings = Store.hub().settings;
        settings.kittyCapPercent = uint16(kittyCapPercent);
        settings.scoreMinPrice = uint104(scoreMinPrice);
        emit PolicyChanged(kittyCapPercent, scoreMinPrice);
    }
}
