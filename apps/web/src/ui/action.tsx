/** Action: something that the visitor's wallet can do here, and how it went. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Network } from '@traboule/sdk'
import { useWallet } from '../wallet.tsx'
import { Failure } from './failure.tsx'

type Props = Readonly<{
  name: string
  /** Said when it is done. */
  done: string
  act: (network: Network) => Promise<unknown>
}>

/** A button; nothing while no wallet is connected. */
export function Action({ name, done, act }: Props) {
  const { acting } = useWallet()
  const queries = useQueryClient()
  const doing = useMutation({
    mutationFn: async () => acting && (await act(acting)),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ meta }) => !!meta?.live }),
  })
  if (!acting) return null
  return (
    <div className="action">
      <button
        type="button"
        className="primary"
        disabled={doing.isPending}
        onClick={() => doing.mutate()}
      >
        {doing.isPending ? 'Waiting for the wallet …' : name}
      </button>
      <span role="status">{doing.isSuccess ? done : ''}</span>
      {doing.error && <Failure error={doing.error} />}
    </div>
  )
}
