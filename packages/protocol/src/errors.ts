/**
 * Errors: every failure a caller can act on, in one table. Anything else thrown is a bug.
 *
 * `status` is the HTTP answer, `hint` what the reader can do next, `retry` whether the same call
 * may succeed later. There is one table for everything, so it is long.
 */
type Row = { readonly status: number; readonly hint: string; readonly retry?: true }

const catalogue = {
  'request/invalid': { status: 400, hint: 'Correct the fields named in `details`.' },
  'command/invalid': { status: 400, hint: 'See the command’s --help.' },
  'request/too-large': { status: 413, hint: 'Send a smaller body; the limit is in `details`.' },
  'request/not-json': { status: 400, hint: 'Send valid JSON with content-type application/json.' },
  'request/unauthorized': { status: 401, hint: 'Sign the request with the key it speaks for.' },
  'request/forbidden': { status: 403, hint: 'Use an account that is allowed to do this.' },
  'request/too-many': { status: 429, hint: 'Wait the seconds in `retry-after`.', retry: true },
  'request/declined': { status: 409, hint: 'Run it again and accept the cost to go on.' },
  'request/too-dear': {
    status: 400,
    hint: 'Ask for less at once: fewer entities, or fewer levels.',
  },
  'route/unknown': { status: 404, hint: 'See the API reference for the routes that exist.' },

  'order/malformed': { status: 400, hint: 'Correct the fields named in `details`.' },
  'order/bad-signature': { status: 422, hint: 'Sign with the key that owns the resource.' },
  'order/wrong-chain': { status: 422, hint: 'Sign for the chain and hub named in `details`.' },
  'order/unknown-tag': { status: 422, hint: 'Use one of the tags listed in `details`.' },
  'order/unknown-resource': { status: 422, hint: 'Deploy the resource first, then publish.' },
  'order/consumed': { status: 409, hint: 'Publish a fresh order: this one has no volume left.' },
  'order/closed': { status: 409, hint: 'Sign a new order with another salt: this one is closed.' },
  'order/expired': { status: 409, hint: 'Sign a new order: this one was good until `expiry`.' },
  'order/already-published': { status: 409, hint: 'Nothing to do: the order is in the book.' },
  'order/unaffordable': { status: 409, hint: 'Deposit the missing amount, then try again.' },
  'order/too-many': { status: 409, hint: 'Cancel an open order before publishing another.' },
  'order/unknown': {
    status: 404,
    hint: 'Check the order hash; it may have been filled or closed.',
  },
  'order/too-dear': { status: 409, hint: 'Allow a higher price, or ask for less trust or time.' },
  'order/too-slow': { status: 409, hint: 'Choose a shorter category, or a later deadline.' },
  'order/no-match': { status: 409, hint: 'Change what `details` names, on either side.' },

  'block/unknown': {
    status: 404,
    hint: 'Ask without a block, or with `number_gte`; try again if the block is newer than the index.',
    retry: true,
  },
  'category/unknown': { status: 404, hint: 'List the categories to see which exist.' },
  'account/too-little': { status: 409, hint: 'Choose a smaller amount, or add what is missing.' },
  'account/unexplained': {
    status: 409,
    hint: 'Check fromBlock in the network’s profile: it must not be after the hub’s first block.',
  },
  'resource/unknown': {
    status: 404,
    hint: 'Check the address and that you are on the right chain.',
  },

  'id/unknown': { status: 404, hint: 'Check the id, and that you are on the right chain.' },
  'deal/unknown': { status: 404, hint: 'Check the deal id and that you are on the right chain.' },
  'task/unknown': { status: 404, hint: 'Check the task id; it exists once initialized.' },
  'task/no-logs': { status: 404, hint: 'Ask once a worker has run it; logs are kept for days.' },
  'task/not-completed': { status: 409, hint: 'Wait until the task is completed.', retry: true },
  'task/late': {
    status: 409,
    hint: 'Follow its deals on without a deadline, or claim the money back once their own is over.',
  },
  'task/failed': { status: 409, hint: 'The task failed and was refunded; request it again.' },

  'worker/not-a-member': {
    status: 403,
    hint: 'Ask the operator to admit this address to the pool.',
  },
  'worker/distrusted': {
    status: 403,
    hint: 'Find out why this worker computes other results than the rest of the pool.',
  },
  'worker/stake-too-low': { status: 409, hint: 'Deposit at least the stake named in `details`.' },
  'workerpool/unknown': { status: 404, hint: 'Check WORKERPOOL and RPC_URL.' },
  'workerpool/not-yours': { status: 403, hint: 'Use the key that owns the workerpool.' },
  'workerpool/no-broker': {
    status: 403,
    hint: 'Set TEE_BROKER_KEY to the key of the hub’s TEE broker, or TEE to none.',
  },
  'lease/unknown': { status: 404, hint: 'Ask for new work: this lease is over.' },
  'lease/expired': { status: 409, hint: 'Ask for new work: this lease is over.' },

  'ballot/refused': { status: 422, hint: 'Sign the ballot with the key that has the lease.' },
  'lease/bad-authorization': {
    status: 422,
    hint: 'The scheduler must sign with the key of the workerpool’s owner at the match, or of the hub’s TEE broker.',
  },
  'task/unsupported': { status: 422, hint: 'Choose a pool that supports what is named.' },
  'task/over': { status: 409, hint: 'Nothing to do: the others were faster, or time is up.' },
  'worker/stopping': { status: 503, hint: 'Give the task to another worker.', retry: true },

  'ad/malformed': {
    status: 400,
    hint: 'Correct the ad at the character named; docs/concepts/classads.md has the language.',
  },
  'ad/too-large': { status: 413, hint: 'Say less in one ad; the limit is in `details`.' },
  'ad/too-deep': { status: 400, hint: 'Use fewer brackets, and fewer operators in a row.' },
  'ad/too-costly': { status: 422, hint: 'Simplify the expression; the limit is in `details`.' },
  'ad/unknown-function': {
    status: 400,
    hint: 'Use a function of docs/concepts/classads.md; the name is in `details`.',
  },

  'object/unknown': { status: 404, hint: 'Check the CID, or upload the object again.' },
  'object/too-large': { status: 413, hint: 'Split the file; the limit is in `details`.' },
  'object/digest-mismatch': { status: 422, hint: 'Fetch it again from another place.' },
  'object/bad-cid': { status: 400, hint: 'Use a CIDv0 or CIDv1 of a UnixFS file.' },
  'object/bad-range': { status: 416, hint: 'Ask for bytes within the size in `details`.' },
  'object/quota': { status: 413, hint: 'Free some space or raise the quota.' },
  'result/digest-mismatch': { status: 422, hint: 'Upload the result that you contributed.' },
  'result/unknown': {
    status: 404,
    hint: 'Nobody uploaded a result for this task yet.',
    retry: true,
  },
  'result/other-kept': { status: 409, hint: 'Nothing to do: the task has its result.' },
  'result/malformed': { status: 422, hint: 'See docs/concepts for what a result must contain.' },

  'secret/unknown': { status: 404, hint: 'Push the secret first.' },
  'secret/exists': { status: 409, hint: 'Nothing to do, or use another name: it stays as it is.' },
  'secret/too-large': { status: 413, hint: 'Keep a key here, and what it opens elsewhere.' },
  'secret/not-text': { status: 400, hint: 'Send UTF-8 text; encode bytes as base64.' },
  'secret/replayed': {
    status: 401,
    hint: 'To go back to an old value, sign the request itself (`Traboule …`).',
  },
  'secret/unreadable': {
    status: 500,
    hint: 'Start with the master key that wrote this database; nothing else can open it.',
  },

  'devnet/running': { status: 409, hint: 'Stop it first, or name another folder with --folder.' },
  'service/not-started': { status: 500, hint: 'Read its log; the file is in `details`.' },
  'archive/malformed': { status: 422, hint: 'Make the zip again, or fetch it from elsewhere.' },
  'archive/unsafe': { status: 422, hint: 'Do not open it: ask its maker for a plain zip.' },
  'archive/too-large': { status: 413, hint: 'Raise the limit if you trust its maker.' },

  'app/checksum-mismatch': {
    status: 422,
    hint: 'Deploy the app or dataset again with the sha256 of its bytes.',
  },
  'app/exited': { status: 422, hint: 'Read stderr.txt of the result: the app says why.' },
  'input/not-content-addressed': {
    status: 422,
    hint: 'Upload the file to storage, then name it as /ipfs/<CID>.',
  },
  'bulk/malformed': {
    status: 422,
    hint: 'Prepare the bulk again: a list of CIDs, one a task, each of at most 100 signed dataset orders.',
  },
  'bulk/not-taken': {
    status: 409,
    hint: 'Open the bulk and take its datasets on chain (docs/concepts/bulk.md), or use orders that are free and endless.',
    retry: true,
  },
  'app/not-wasm': { status: 422, hint: 'Compile the app to a WebAssembly module.' },
  'app/bad-import': { status: 422, hint: 'Compile for WASI preview 1, without what is named.' },
  'app/not-startable': {
    status: 422,
    hint: 'Name a program of the image, for this processor, as its ENTRYPOINT.',
  },
  'app/timeout': { status: 422, hint: 'Make tasks smaller, or choose a longer category.' },
  'app/out-of-memory': { status: 422, hint: 'Use less memory, or choose a larger pool.' },
  'app/output-too-large': { status: 422, hint: 'Write less than the limit in `details`.' },
  'app/too-many-files': { status: 422, hint: 'Pack the output into fewer files.' },
  'app/path-escape': { status: 422, hint: 'Use only paths under /iexec_in and /iexec_out.' },
  'app/trapped': { status: 422, hint: 'Debug the app: the trap in `details` ended it.' },
  'image/malformed': {
    status: 422,
    hint: 'Push the image, and deploy it as registry/name:tag with the digest that the push shows.',
  },
  'image/unknown': {
    status: 404,
    hint: 'Push the image to where the app says it is, or ask its owner to.',
  },
  'image/forbidden': {
    status: 403,
    hint: 'Make the image public, or give the worker a login (REGISTRY_LOGINS).',
  },
  'image/too-large': { status: 413, hint: 'Make the image smaller than the limit in `details`.' },
  'registry/unreachable': {
    status: 502,
    hint: 'Try again later; the registry may be down.',
    retry: true,
  },
  'runner/unavailable': {
    status: 503,
    hint: 'Start or install what is named, or leave this runner out of RUNNERS.',
    retry: true,
  },
  'runner/crashed': { status: 500, hint: 'The task can run again elsewhere.', retry: true },

  'result/encrypted': {
    status: 401,
    hint: 'Give the private key of the result’s beneficiary.',
  },
  'encryption/wrong-key': { status: 401, hint: 'Use the key that this was encrypted for.' },

  'service/unreachable': { status: 503, hint: 'Check the URL and that it runs.', retry: true },
  'service/bug': { status: 500, hint: 'Report the id in `details` with what you did.' },
  'service/bad-answer': { status: 502, hint: 'Check the URL and the version of the service.' },

  'chain/unreachable': { status: 503, hint: 'Check the RPC URL, then retry.', retry: true },
  'chain/behind': {
    status: 503,
    hint: 'Use a node that follows the chain more closely.',
    retry: true,
  },
  'chain/answer-too-long': {
    status: 503,
    hint: 'Use a node that gives longer answers to eth_getLogs, one of your own if need be.',
  },
  'chain/reverted': { status: 409, hint: 'Read the reason; nothing was changed on chain.' },
  'chain/wrong-network': { status: 409, hint: 'Point the RPC URL at the chain in `details`.' },
  'chain/replaced': { status: 409, hint: 'Give every process an account of its own.' },
  'chain/out-of-gas-money': { status: 409, hint: 'Send some of the chain’s coin to this account.' },

  'payment/unexplained': {
    status: 500,
    hint: 'Report this with the deal id: money must explain itself.',
  },

  'contracts/not-compiled': {
    status: 500,
    hint: 'Run `npm run build -w contracts` and read what it says.',
  },

  'database/newer': { status: 500, hint: 'Run the newer release that wrote this database.' },
  'database/damaged': {
    status: 500,
    hint: 'Restore a backup, or start with an empty database: what the chain knows is read again.',
  },
  'database/unreachable': { status: 503, hint: 'Check DATABASE_URL.', retry: true },
  'port/taken': { status: 500, hint: 'Stop what uses the port, or choose another.' },

  'network/no-service': { status: 400, hint: 'Add the URL to the network’s profile.' },
  'network/unhealthy': { status: 503, hint: 'Mend what is marked NOT.', retry: true },
  'network/no-names': { status: 400, hint: 'Give addresses, or a profile that says `ens`.' },
  'name/unknown': { status: 404, hint: 'Check the name, and that you are on the right chain.' },
  'name/invalid': {
    status: 400,
    hint: 'Give a name of lower-case labels with dots, or an address.',
  },
  'name/taken': { status: 409, hint: 'Choose another name.' },
  'name/not-yours': { status: 403, hint: 'Claim the name first, or use the wallet that has it.' },
  'network/unknown': { status: 404, hint: 'List networks with `traboule network list`.' },
  'wallet/missing': { status: 401, hint: 'Open the network with a wallet.' },
  'wallet/refused': { status: 403, hint: 'Confirm in the wallet to go on.' },
  'wallet/unknown': { status: 404, hint: 'List wallets with `traboule wallet list`.' },
  'wallet/no-password': {
    status: 401,
    hint: 'Set TRABOULE_PASSWORD, or give --password-file.',
  },
  'wallet/wrong-password': { status: 401, hint: 'Try the password again.' },
  'wallet/exists': { status: 409, hint: 'Choose another name, or remove the old wallet.' },
  'file/unreadable': { status: 400, hint: 'Check the path and its permissions.' },
  'file/malformed': { status: 400, hint: 'Correct the file at the place named.' },
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof catalogue
export type Details = Readonly<Record<string, unknown>>

/** An expected failure: what was wrong with this input, what to do, and the values. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: Details

  constructor(code: ErrorCode, sentence: string, details: Details = {}, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.code = code
    this.details = details
  }

  get hint(): string {
    return row(this.code).hint
  }

  get status(): number {
    return row(this.code).status
  }

  get retry(): boolean {
    return row(this.code).retry ?? false
  }
}

/** The table's row for a code. */
export function row(code: ErrorCode): Row {
  return catalogue[code]
}

/** Every code, for documentation and tests. */
export const codes = Object.keys(catalogue) as readonly ErrorCode[]

/** Whether `value` names a row of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(catalogue, value)
}
