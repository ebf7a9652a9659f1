/** Feed: what happened last, newest first. */
import { explore } from '@traboule/sdk'
import { useLive } from '../../live.ts'
import { Ago } from '../../ui/ago.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { notable, Sentence } from '../../ui/sentence.tsx'

export function Feed() {
  const events = useLive(['events', 'notable'], (network) =>
    explore.events(network, { names: notable, pageSize: 25 }),
  )
  return (
    <Loaded
      of={events}
      empty="Nothing has happened yet."
      isEmpty={({ items }) => items.length === 0}
    >
      {({ items }) => (
        <ol className="feed">
          {items.map((event) => (
            <li key={event.id} className={event.name}>
              <span>
                <Sentence event={event} />
              </span>
              <Ago at={Date.parse(event.blockTimestamp)} />
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  )
}
