// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Tasks
/// @notice The life of a task: initialize, contribute, reveal, finalize; or reopen; or claim.
/// @dev With T the clock of the category, counted from the match: contributions until 7T, reveals
/// until 2T after consensus, everything until 10T. Each call that cannot be made reverts with a
/// typed error of `libraries/TaskState.sol` carrying the values that forbid it.
interface Tasks {
    event TaskInitialize(bytes32 indexed taskid, address indexed workerpool);
    event TaskContribute(bytes32 indexed taskid, address indexed worker, bytes32 hash);
    event TaskConsensus(bytes32 indexed taskid, bytes32 consensus);
    event TaskReveal(bytes32 indexed taskid, address indexed worker, bytes32 digest);
    event TaskReopen(bytes32 indexed taskid);
    event TaskFinalize(bytes32 indexed taskid, bytes results);
    event TaskClaimed(bytes32 indexed taskid);
    event AccurateContribution(address indexed worker, bytes32 indexed taskid);
    event FaultyContribution(address indexed worker, bytes32 indexed taskid);
    /// @notice What the scheduler committed to, when the task was initialized, about whom it will ask.
    event WorkersCommitted(bytes32 indexed taskid, bytes32 commitment);
    /// @notice The `tasks` never initialized tasks of a deal were refunded together.
    event UntouchedRefunded(bytes32 indexed dealid, uint256 tasks);

    /// @notice Opens task `idx` (absolute: from `botFirst`) of the deal. Anyone, at any time.
    function initialize(bytes32 dealid, uint256 idx) external returns (bytes32 taskid);

    /// @notice The same by the scheduler, who also commits to the workers it will authorise.
    /// @dev `commitment` is the Merkle root (or hash) of the worker set: anyone can check later,
    /// from `TaskContribute` events and the published set, that nobody else was let in.
    function initializeCommitted(bytes32 dealid, uint256 idx, bytes32 commitment)
        external
        returns (bytes32 taskid);

    /// @notice A worker's sealed vote: hash = H(taskid, digest), seal = H(worker, taskid, digest).
    /// @dev Locks the worker stake. `authorizationSign` is the scheduler's (or the TEE broker's,
    /// with an enclave) over (worker, taskid, enclaveChallenge); `enclaveSign` the challenge's over
    /// (hash, seal). At most 32 workers may contribute to a task.
    function contribute(
        bytes32 taskid,
        bytes32 resultHash,
        bytes32 resultSeal,
        address enclaveChallenge,
        bytes calldata enclaveSign,
        bytes calldata authorizationSign
    ) external;

    /// @notice The only worker of a trust 1 task gives the result and is paid at once.
    function contributeAndFinalize(
        bytes32 taskid,
        bytes32 resultDigest,
        bytes calldata results,
        bytes calldata resultsCallback,
        address enclaveChallenge,
        bytes calldata enclaveSign,
        bytes calldata authorizationSign
    ) external;

    /// @notice A worker of the agreeing group opens its seal.
    function reveal(bytes32 taskid, bytes32 resultDigest) external;

    /// @notice The scheduler gives up on a consensus whose workers did not reveal: their votes are
    /// rejected and the task takes contributions again.
    function reopen(bytes32 taskid) external;

    /// @notice Records where the result is and pays everybody.
    /// @dev By the scheduler; by a worker who revealed, once the reveal deadline is over; by anyone
    /// once all winners revealed, if the results are bound to the digest, or empty and the reveal
    /// deadline is over. When those who revealed no longer carry the asked trust the
    /// task is reopened instead (`TaskReopen`), and those who stayed silent are rejected.
    function finalize(bytes32 taskid, bytes calldata results, bytes calldata resultsCallback)
        external;

    /// @notice Ends a task that was not finished in time: the payer is refunded, the pool loses its
    /// stake, and so does each worker of an agreed result that did not reveal it.
    function claim(bytes32 taskid) external;

    function initializeArray(bytes32[] calldata dealid, uint256[] calldata idx)
        external
        returns (bool);

    function claimArray(bytes32[] calldata taskid) external returns (bool);

    function initializeAndClaimArray(bytes32[] calldata dealid, uint256[] calldata idx)
        external
        returns (bool);

    /// @notice After the final deadline, refunds every task of the deal that nobody initialized, at
    /// a cost that does not depend on their number. The pool loses its stake on them.
    /// @return tasks How many were refunded.
    function claimUntouched(bytes32 dealid) external returns (uint256 tasks);
}
