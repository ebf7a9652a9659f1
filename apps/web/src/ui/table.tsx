/** Table: rows with named columns; it scrolls in itself where the screen is narrow. */
import type { ReactNode } from 'react'

export type Column<T> = Readonly<{
  name: string
  cell: (row: T) => ReactNode
  /** Figures stand on the right. */
  figure?: true
}>

type Props<T> = Readonly<{
  caption: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
}>

export function Table<T>({ caption, columns, rows, keyOf }: Props<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboards must be able to scroll it
    <section className="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, figure }) => (
              <th key={name} scope="col" className={figure && 'figure'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, figure }) => (
                <td key={name} className={figure && 'figure'}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
