/** Routes: the chronicle on the wire. */
import type { chronicleApi, Handlers } from '@traboule/protocol/api'
import { type Parts, sameChain } from '../routes.ts'
import { findEvents } from './events.ts'
import { openFigures } from './figures.ts'

export function chronicleRoutes(parts: Parts): Handlers<typeof chronicleApi> {
  const { db, head } = parts
  const figures = openFigures(db, head)
  return {
    async figures({ query }) {
      sameChain(query.chainId, parts)
      return figures()
    },
    async events({ query }) {
      sameChain(query.chainId, parts)
      return findEvents(db, query)
    },
  }
}
