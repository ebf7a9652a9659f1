// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Workerpool} from "../../src/registries/Workerpool.sol";
import {Base} from "../support/Base.t.sol";
import {Vm, vm} from "../support/Vm.sol";

/// @dev The cheat codes that only a replay uses.
interface Files is Vm {
    function record() external;
    function accesses(address target)
        external
        returns (bytes32[] memory reads, bytes32[] memory writes);
    function envString(string calldata name) external view returns (string memory);
    function exists(string calldata path) external view returns (bool);
    function readFileBinary(string calldata path) external view returns (bytes memory);
    function writeFileBinary(string calldata path, bytes calldata data) external;
}

Files constant files = Files(address(vm));

/// @dev Somebody whose signature under anything is 0x01, and who can be an enclave or a callback.
contract Signer {
    function isValidSignature(bytes32, bytes calldata signature) external pure returns (bytes4) {
        return keccak256(signature) == keccak256(hex"01") ? bytes4(0x1626ba7e) : bytes4(0);
    }

    function receiveResult(bytes32, bytes calldata) external {}
}

/// @dev Plays histories written by `histories.test.ts`, which also judges the answers: nothing here
/// knows what the hub should do. A step is 48 bytes and calldata: when (5), by whom (20), to whom
/// (20), how many words of the answer to keep (1), bytes of calldata (2). Its answer is 4 bytes, which
/// say how it failed, and the words to keep. `STORE` writes a slot and `LOAD` reads one instead:
/// that is faster than asking for what is in it.
contract Replay is Base {
    uint256 private constant HEAD = 48;
    uint256 private constant STORE = 0xff;
    uint256 private constant LOAD = 0xfe;
    bytes4 private constant ERROR = 0x08c379a0;

    struct Stage {
        address hub;
        address token;
        address[2] apps;
        address[2] datasets;
        address[2] pools;
        address[10] people;
        bytes32[10] wallets;
        bytes32 settings;
    }

    address[10] private _people;
    address[2] private _apps;
    address[2] private _datasets;
    address[2] private _pools;

    function setUp() public override {
        super.setUp();
        hub.createCategory("S", "", 7 * CLOCK);
        _people = [
            requester,
            scheduler,
            appOwner,
            datasetOwner,
            sponsor,
            worker(0),
            worker(1),
            worker(2),
            worker(3),
            worker(4)
        ];
        bytes memory code = address(new Signer()).code;
        for (uint256 i = 0; i < _people.length; ++i) {
            vm.etch(_people[i], code);
            rlc.transfer(_people[i], RICHES);
            vm.prank(_people[i]);
            rlc.approve(address(hub), type(uint256).max);
        }
        _apps = [app, appRegistry.createApp(requester, "b", "WASI", "/ipfs/b", bytes32("b"), "")];
        _datasets =
            [dataset, datasetRegistry.createDataset(worker(0), "b", "/ipfs/b", bytes32("b"))];
        _pools = [pool, workerpoolRegistry.createWorkerpool(sponsor, "b")];
        vm.prank(sponsor);
        Workerpool(_pools[1]).changePolicy(55, 20);
    }

    /// @notice Says who and what is there.
    function test_Stage_IsWritten() public {
        Stage memory stage;
        (stage.hub, stage.token) = (address(hub), address(rlc));
        (stage.apps, stage.datasets, stage.pools) = (_apps, _datasets, _pools);
        stage.people = _people;
        for (uint256 i = 0; i < _people.length; ++i) {
            stage.wallets[i] = _lastRead(abi.encodeCall(hub.viewScore, (_people[i])));
        }
        stage.settings = _lastRead(abi.encodeCall(hub.viewPolicy, ()));
        files.writeFileBinary(_path("stage"), abi.encode(stage));
    }

    /// @notice Plays the files 0, 1 and so on, and writes 0.answers, 1.answers and so on.
    function test_Histories_ArePlayed() public {
        for (uint256 i = 0; files.exists(_path(vm.toString(i))); ++i) {
            this.playFile(_path(vm.toString(i)));
        }
    }

    /// @dev External, as those below, so that each has its own memory.
    function playFile(string calldata path) external {
        files.writeFileBinary(
            string.concat(path, ".answers"), this.playAll(files.readFileBinary(path))
        );
    }

    /// @dev The bytes of all answers (4), then for each history those of its steps and its answers
    /// (3 each) and the steps.
    function playAll(bytes calldata file) external returns (bytes memory answers) {
        answers = new bytes(uint32(bytes4(file[:4])));
        uint256 done;
        for (uint256 at = 4; at < file.length;) {
            uint256 size = uint24(bytes3(file[at:at + 3]));
            uint256 expected = uint24(bytes3(file[at + 3:at + 6]));
            at += 6;
            _append(answers, done, _played(file[at:at + size], expected));
            done += expected;
            at += size;
        }
    }

    /// @dev Always reverts, with the answers: what a history did is undone, without a snapshot.
    function play(bytes calldata steps, uint256 expected) external {
        bytes memory answers = new bytes(expected);
        uint256 done;
        uint256 now_;
        for (uint256 at = 0; at < steps.length;) {
            bytes calldata head = steps[at:at + HEAD];
            bytes calldata data = steps[at + HEAD:at + HEAD + uint16(bytes2(head[46:48]))];
            at += HEAD + data.length;
            if (uint40(bytes5(head[:5])) != now_) {
                now_ = uint40(bytes5(head[:5]));
                vm.warp(now_);
            }
            done += _step(head, data, answers, done);
        }
        assembly ("memory-safe") {
            revert(add(answers, 0x20), mload(answers))
        }
    }

    function _step(bytes calldata head, bytes calldata data, bytes memory answers, uint256 at)
        private
        returns (uint256)
    {
        address target = address(bytes20(head[25:45]));
        uint256 words = uint8(head[45]);
        if (words == STORE) {
            vm.store(target, bytes32(data[:32]), bytes32(data[32:64]));
            return 0;
        }
        if (words == LOAD) {
            _append(answers, at, bytes.concat(bytes4(0), vm.load(target, bytes32(data))));
            return 36;
        }
        vm.prank(address(bytes20(head[5:25])));
        (bool done, bytes memory answer) = target.call(data);
        bytes4 failure = done ? bytes4(0) : bytes4(answer);
        if (failure == ERROR) failure = bytes4(keccak256(answer));
        _append(answers, at, abi.encodePacked(failure));
        // A shorter answer is judged as one that ends with zeros.
        uint256 kept = answer.length < 32 * words ? answer.length : 32 * words;
        if (done) _append(answers, at + 4, answer, kept);
        return 4 + 32 * words;
    }

    function _played(bytes calldata steps, uint256 expected) private returns (bytes memory) {
        try this.play(steps, expected) {
            revert("a history did not end");
        } catch (bytes memory answers) {
            if (answers.length != expected) revert(string(answers));
            return answers;
        }
    }

    function _append(bytes memory to, uint256 at, bytes memory from) private pure {
        _append(to, at, from, from.length);
    }

    function _append(bytes memory to, uint256 at, bytes memory from, uint256 size) private pure {
        if (at + size > to.length) revert("the answers are longer than expected");
        assembly ("memory-safe") {
            mcopy(add(add(to, 0x20), at), add(from, 0x20), size)
        }
    }

    /// @dev The slot of the hub that a view looks at last.
    function _lastRead(bytes memory data) private returns (bytes32) {
        files.record();
        (bool done,) = address(hub).call(data);
        if (!done) revert("no such view");
        (bytes32[] memory reads,) = files.accesses(address(hub));
        return reads[reads.length - 1];
    }

    function _path(string memory name) private view returns (string memory) {
        return string.concat(files.envString("HISTORIES"), "/", name);
    }
}
