/** Order: everything one order says. */
import { Order, Scalar } from '@traboule/protocol'
import { order } from '@traboule/sdk'
import type { ReactNode } from 'react'
import type { Address, Hex } from 'viem'
import { useParams } from 'wouter'
import { rlc, whole } from '../../format.ts'
import { useLive } from '../../live.ts'
import { Action } from '../../ui/action.tsx'
import { Ago } from '../../ui/ago.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Facts } from '../../ui/facts.tsx'
import { type Kind, To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Tags } from '../../ui/tags.tsx'
import { useWallet } from '../../wallet.tsx'
import { volume } from './book.tsx'

export function OrderPage() {
  const { id = '0x', kind: asked } = useParams<{ kind: string; id: Hex }>()
  const kind = Order.kinds.find((each) => each === asked) ?? 'app'
  const { address } = useWallet()
  const found = useLive(['order', kind, id], (network) => order.show<Order.Kind>(network, kind, id))
  return (
    <Page title={`${kind[0]?.toUpperCase()}${kind.slice(1)} order`} about={<Whole hex={id} />}>
      <Loaded of={found}>
        {({ status, remaining, signer, publicationTimestamp, order: signed }) => (
          <div className="columns">
            <Card title="In the book">
              <Facts
                of={[
                  ['State', <Badge key="state" state={status} />],
                  ['Tasks left', volume(remaining)],
                  ['Signed by', <To key="signer" kind="account" id={signer} />],
                  ['Published', <Ago key="at" at={Date.parse(publicationTimestamp)} />],
                ]}
              />
              {status === 'open' && address === signer && (
                <Action
                  name="Cancel on chain"
                  done="Cancelled: nobody can match it any more."
                  act={(network) => order.cancel(network, kind, signed)}
                />
              )}
            </Card>
            <Card title="What it says">
              <Facts
                of={Object.entries(unsigned(signed)).map(([name, value]) => [
                  name,
                  <Value key={name} {...{ name, value }} />,
                ])}
              />
            </Card>
            <Card title="Signature" wide>
              <Whole hex={signed.sign} />
            </Card>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

const unsigned = ({ sign: _, ...said }: Order.Order) => said

const kinds: Readonly<Record<string, Kind>> = {
  app: 'app',
  dataset: 'dataset',
  workerpool: 'workerpool',
}

function Value({ name, value }: Readonly<{ name: string; value: unknown }>): ReactNode {
  if (name === 'tag') return <Tags of={value as Hex} none="none" /> // by the order's schema
  if (/price$/.test(name)) return rlc(value as bigint) // likewise
  if (name === 'volume') return volume(value as bigint) // likewise
  if (typeof value === 'bigint') return whole(value)
  if (Scalar.address.safeParse(value).success)
    return <To kind={kinds[name] ?? 'account'} id={value as Address} />
  return value === '' ? 'none' : <code>{String(value)}</code>
}
