/** Routes: the secret store's API, carried to access and secrets. */
import { AppError, Secret } from '@traboule/protocol'
import type { Handlers, smsApi } from '@traboule/protocol/api'
import type { ChainClient } from '@traboule/service-kit'
import type { Address } from 'viem'
import { mayWrite, textOf } from './secrets/access.ts'
import type { Secrets } from './secrets/secrets.ts'

type Parts = Readonly<{ secrets: Secrets; client: ChainClient }>
type Writing = Readonly<{ body: Uint8Array; caller: Address }>

const ofDataset = ({ secretAddress }: { secretAddress: Address }): Secret.Place => ({
  kind: 'dataset',
  owner: secretAddress,
  name: '',
})
const ofUser = (query: { ownerAddress: Address; secretName: string }): Secret.Place => ({
  kind: 'user',
  owner: query.ownerAddress,
  name: query.secretName,
})
const ofApp = ({ app }: { app: Address }): Secret.Place => ({
  kind: 'app',
  owner: app,
  name: Secret.APP_NAME,
})
const ofRequester = (params: { requester: Address; name: string }): Secret.Place => ({
  kind: 'requester',
  owner: params.requester,
  name: params.name,
})

export function routes({ secrets, client }: Parts): Handlers<typeof smsApi> {
  async function has(place: Secret.Place): Promise<undefined> {
    if (!(await secrets.has(place))) throw new AppError('secret/unknown', 'Secret not found', place)
  }
  /** Clients sign the value as they send it; it is kept without the space around it. */
  async function pushed(place: Secret.Place, { body, caller }: Writing) {
    if (body.length > Secret.MAX_BYTES)
      throw new AppError('secret/too-large', 'Secret size should not exceed 4 Kb', {
        kind: place.kind,
        bytes: body.length,
        limit: Secret.MAX_BYTES,
      })
    const text = textOf(body)
    await mayWrite(place, caller, client)
    return { value: text.trim(), digest: Secret.digest(place, text) }
  }
  async function push(place: Secret.Place, writing: Writing): Promise<undefined> {
    await secrets.create(place, await pushed(place, writing))
  }
  return {
    hasDataset: ({ query }) => has(ofDataset(query)),
    pushDataset: (request) => push(ofDataset(request.query), request),
    hasUser: ({ query }) => has(ofUser(query)),
    pushUser: (request) => push(ofUser(request.query), request),
    async replaceUser(request) {
      const place = ofUser(request.query)
      await secrets.replace(place, await pushed(place, request))
      return undefined
    },
    async resultKey({ params: { account: owner } }) {
      const place = { kind: 'user', owner, name: Secret.RESULT_KEY } as const
      const found = await secrets.read(place)
      if (found !== undefined) return found
      throw new AppError('secret/unknown', `${owner} keeps no key for results here.`, place)
    },
    hasApp: ({ params }) => has(ofApp(params)),
    pushApp: (request) => push(ofApp(request.params), request),
    hasRequester: ({ params }) => has(ofRequester(params)),
    pushRequester: (request) => push(ofRequester(request.params), request),
  }
}

/** The ecosystem's status for what its clients tell apart; the table's for the rest. */
export function statusOf({ code, details, status }: AppError): number {
  return code === 'secret/too-large' && details.kind === 'requester' ? 400 : status
}
