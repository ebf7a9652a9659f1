/** Search box: any address or id, to its page. */
import { useMutation } from '@tanstack/react-query'
import { AppError } from '@traboule/protocol'
import { explore } from '@traboule/sdk'
import { type FormEvent, useId } from 'react'
import { useLocation } from 'wouter'
import { useMarket } from './market.tsx'
import { pathOf } from './search.ts'

export function SearchBox() {
  const { network } = useMarket()
  const [, go] = useLocation()
  const id = useId()
  const search = useMutation({
    mutationFn: (text: string) => explore.locate(network, text),
    onSuccess: (found) => go(pathOf(found)),
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
          placeholder="Address, deal, task or order"
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
    </search>
  )
}

const sentenceOf = (error: Error) =>
  error instanceof AppError && error.code !== 'request/invalid'
    ? `${error.message} ${error.hint}`
    : error.message
