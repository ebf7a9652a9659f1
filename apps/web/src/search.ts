/** Search: which page shows what was found. */
import type { explore } from '@traboule/sdk'

/** The path of the page about what was found. */
export function pathOf(found: explore.Found): string {
  if (found.kind === 'order') return `/order/${found.of}/${found.id}`
  return `/${found.kind}/${found.id}`
}
