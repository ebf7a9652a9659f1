/** Pager: a listing page by page, back and forth. */
import { useState } from 'react'

/** The cursor of the page that is shown, and how to leave it; starts again when `listing` changes. */
export function usePages(listing: string) {
  const [{ of, trail }, set] = useState<{ of: string; trail: readonly string[] }>({
    of: listing,
    trail: [],
  })
  const way = of === listing ? trail : []
  return {
    after: way.at(-1),
    forth: (next: string) => set({ of: listing, trail: [...way, next] }),
    back: way.length === 0 ? undefined : () => set({ of: listing, trail: way.slice(0, -1) }),
  }
}

type Props = Readonly<{ pages: ReturnType<typeof usePages>; next: string | undefined }>

export function Pager({ pages: { back, forth }, next }: Props) {
  if (back === undefined && next === undefined) return null
  return (
    <nav className="pager" aria-label="Pages">
      <button type="button" disabled={back === undefined} onClick={back}>
        Back
      </button>
      <button
        type="button"
        disabled={next === undefined}
        onClick={() => next !== undefined && forth(next)}
      >
        More
      </button>
    </nav>
  )
}
