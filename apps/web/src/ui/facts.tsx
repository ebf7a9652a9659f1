/** Facts: names and what they are, side by side. */
import type { ReactNode } from 'react'

export function Facts({ of }: Readonly<{ of: readonly (readonly [string, ReactNode])[] }>) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
