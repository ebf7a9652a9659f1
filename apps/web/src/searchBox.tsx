/** Search box: any address, id or name, to its page. */
import { useMutation } from '@tanstack/react-query'
import { AppError } from '@traboule/protocol'
import { type FormEvent, useId } from 'react'
import { Link, useLocation } from 'wouter'
import { short } from './format.ts'
import { useMarket } from './market.tsx'
import { find, pathOf } from './search.ts'

export function SearchBox() {
  const { network, names } = useMarket()
  const [, go] = useLocation()
  const id = useId()
  const search = useMutation({
    mutationFn: (text: string) => find(network, names, text),
    onSuccess: ([only, ...more]) => {
      if (only && more.length === 0) go(pathOf(only.found))
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = new FormData(event.currentTarget).get('text')
    if (typeof text === 'string' && text.trim() !== '') search.mutate(text)
  }
  return (
    <search>
      <form onSubmit={submit}>
        <label htmlFor={id} className="hidden">
          Search
        </label>
        <input
          id={id}
          name="text"
          type="search"
          placeholder="Name, address, deal, task or order"
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-said`}
          onInput={search.isIdle ? undefined : search.reset}
        />
        <button type="submit" disabled={search.isPending}>
          Search
        </button>
      </form>
      <div id={`${id}-said`} className="said" role="alert">
        {search.error && sentenceOf(search.error)}
      </div>
      {search.data && search.data.length > 1 && (
        <ul className="hits" aria-label="Found">
          {search.data.map(({ found, name }) => (
            <li key={found.id}>
              <Link href={pathOf(found)} onClick={search.reset}>
                {name}
              </Link>{' '}
              <span className="quiet">
                {found.kind} {short(found.id)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}

const sentenceOf = (error: Error) =>
  error instanceof AppError && error.code !== 'request/invalid'
    ? `${error.message} ${error.hint}`
    : error.message
