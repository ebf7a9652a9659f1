/** Filters: which orders of a book to show; they live in the address bar. */
import { type Order, Tag } from '@traboule/protocol'
import type { category } from '@traboule/sdk'
import { useId } from 'react'
import { fieldsOf } from './query.ts'

const names = {
  category: 'Category',
  minTrust: 'Trust at least',
  maxTrust: 'Trust at most',
  minVolume: 'Tasks at least',
  tag: 'Needs',
  subject: 'Whose',
  requester: 'Also for requester',
} as const

type Props = Readonly<{
  kind: Order.Kind
  params: URLSearchParams
  set(name: string, value: string): void
  categories: readonly category.Known[]
}>

export function Filters({ kind, params, set, categories }: Props) {
  const choices = {
    category: categories.map(({ id, name }) => [String(id), name] as const),
    tag: Object.keys(Tag.bits).map((name) => [name, name] as const),
  }
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
      {fieldsOf[kind].map((field) => (
        <Filter
          key={field}
          name={names[field]}
          value={params.get(field) ?? ''}
          choices={field === 'category' || field === 'tag' ? choices[field] : undefined}
          set={(value) => set(field, value)}
        />
      ))}
    </form>
  )
}

type FilterProps = Readonly<{
  name: string
  value: string
  choices: readonly (readonly [string, string])[] | undefined
  set(value: string): void
}>

function Filter({ name, value, choices, set }: FilterProps) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id}>{name}</label>
      {choices ? (
        <select id={id} value={value} onChange={(event) => set(event.target.value)}>
          <option value="">any</option>
          {choices.map(([choice, word]) => (
            <option key={choice} value={choice}>
              {word}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={value}
          placeholder="any"
          spellCheck={false}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </div>
  )
}
