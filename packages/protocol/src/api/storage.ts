/** The storage's API: bytes under the hash of their content, and one result per task. */
import { z } from 'zod'
import { bytes32 } from '../scalars.ts'

/** A CID of a UnixFS file: version 0 (`Qm…`) or 1 (`b…`). */
const cid = z.string().regex(/^(Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{20,120})$/, 'must be a CID')

const stored = z.object({ cid, size: z.number().int().nonnegative() })

export const storageApi = {
  put: {
    method: 'POST',
    path: '/objects',
    auth: 'signed',
    body: 'bytes',
    returns: stored,
    fails: ['request/too-large', 'object/quota'],
    about: 'Keeps an app, a dataset or an input. The same bytes give the same CID.',
  },
  get: {
    method: 'GET',
    path: '/ipfs/:cid',
    params: z.object({ cid }),
    returns: 'bytes',
    fails: ['object/unknown', 'object/bad-cid', 'object/bad-range'],
    about: 'The bytes under a CID, as an IPFS gateway gives them (HEAD too).',
  },
  putResult: {
    method: 'POST',
    path: '/results/:taskId',
    auth: 'signed',
    params: z.object({ taskId: bytes32 }),
    body: 'bytes',
    returns: stored,
    fails: [
      'task/unknown',
      'request/forbidden',
      'result/digest-mismatch',
      'result/malformed',
      'result/other-kept',
      'archive/malformed',
      'archive/unsafe',
      'archive/too-large',
      'object/quota',
    ],
    about:
      'Keeps a task’s result zip: only from a worker whose reveal the chain accepted, and only if its digest is the one on chain.',
  },
  result: {
    method: 'GET',
    path: '/results/:taskId',
    params: z.object({ taskId: bytes32 }),
    returns: z.object({ taskId: bytes32, cid, size: z.number().int(), link: z.string() }),
    fails: ['result/unknown'],
    about: 'Where a task’s result is, and the link to write on chain.',
  },
} as const
