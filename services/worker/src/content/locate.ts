/** Locate: which content a location in an order or a registry names. */

/** CIDv0, or CIDv1 in lower-case base32. */
const CID = '(Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{58,120})'
const forms = [
  new RegExp(`^(?:/ipfs/|ipfs://)${CID}/?$`),
  new RegExp(`^https?://[^/?#]+/ipfs/${CID}/?$`),
]

/**
 * The CID in `/ipfs/<cid>`, `ipfs://<cid>` or the URL of any gateway. Of a gateway only the CID is
 * used: a worker fetches from places its operator chose, never from where a stranger's order says.
 */
export function cidOf(location: string): string | undefined {
  return forms.map((form) => form.exec(location)?.[1]).find((cid) => cid !== undefined)
}
