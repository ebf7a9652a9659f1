/**
 * The secret store's API: secrets go in by their owner's signature, and never come out here.
 *
 * Every route that asks whether a secret is kept answers HEAD, as the ecosystem's clients ask it.
 */
import { z } from 'zod'
import { address } from '../scalars.ts'
import { NAME } from '../secret.ts'

const ofDataset = z.object({ secretAddress: address })
const ofUser = z.object({ ownerAddress: address, secretName: z.string().min(1).max(256) })
const ofApp = z.object({ app: address })
const ofRequester = z.object({
  requester: address,
  name: z.string().regex(NAME, 'must be at most 64 characters from [0-9A-Za-z-_]'),
})

const has = {
  method: 'GET',
  returns: 'nothing',
  fails: ['secret/unknown'],
} as const
const push = {
  method: 'POST',
  auth: 'signed',
  body: 'bytes',
  returns: 'nothing',
  fails: ['secret/exists', 'secret/too-large', 'secret/not-text'],
} as const

export const smsApi = {
  hasDataset: {
    ...has,
    path: '/secrets/web3',
    query: ofDataset,
    about: 'Whether a dataset’s key is kept.',
  },
  pushDataset: {
    ...push,
    path: '/secrets/web3',
    query: ofDataset,
    about: 'Keeps a dataset’s key, for good. Signed by the dataset’s owner on chain.',
  },
  hasUser: {
    ...has,
    path: '/secrets/web2',
    query: ofUser,
    about: 'Whether an account’s secret is kept.',
  },
  pushUser: {
    ...push,
    path: '/secrets/web2',
    query: ofUser,
    about: 'Keeps a secret of an account, such as the public key its results are encrypted with.',
  },
  replaceUser: {
    ...push,
    method: 'PUT',
    path: '/secrets/web2',
    query: ofUser,
    fails: ['secret/unknown', 'secret/replayed', 'secret/too-large', 'secret/not-text'],
    about: 'Replaces a secret of an account.',
  },
  resultKey: {
    method: 'GET',
    path: '/result-keys/:account',
    params: z.object({ account: address }),
    returns: 'text',
    fails: ['secret/unknown'],
    about: 'The public key (PEM, in base64) that results for an account are encrypted with.',
  },
  hasApp: { ...has, path: '/apps/:app/secrets', params: ofApp, about: 'Whether an app has one.' },
  pushApp: {
    ...push,
    path: '/apps/:app/secrets',
    params: ofApp,
    about: 'Keeps the secret of an app’s developer, for good. Signed by the app’s owner on chain.',
  },
  hasRequester: {
    ...has,
    path: '/requesters/:requester/secrets/:name',
    params: ofRequester,
    about: 'Whether a requester’s secret is kept.',
  },
  pushRequester: {
    ...push,
    path: '/requesters/:requester/secrets/:name',
    params: ofRequester,
    about: 'Keeps a secret that a requester’s apps may receive, for good.',
  },
} as const
