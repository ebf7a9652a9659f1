/** Facets: which contracts answer for the hub. A new one is a row. */

export type Mode = 'token' | 'native'

type Row = Readonly<{ name: string; only?: Mode }>

/** `DiamondFacet` is not here: it is the plumbing and comes with the hub. */
const facets: readonly Row[] = [
  { name: 'MatchFacet' },
  { name: 'ContributeFacet' },
  { name: 'SettleFacet' },
  { name: 'RareFacet' },
  { name: 'LedgerFacet' },
  { name: 'EscrowTokenFacet', only: 'token' },
  { name: 'EscrowNativeFacet', only: 'native' },
  { name: 'ViewFacet' },
  { name: 'ConfigFacet' },
  { name: 'TransparentFacet' },
]

/** The names of the facets of a hub of this mode. */
export function facetsOf(mode: Mode): readonly string[] {
  return facets.filter(({ only }) => only === undefined || only === mode).map(({ name }) => name)
}
