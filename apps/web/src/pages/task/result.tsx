/** Result: downloaded, and checked here against the digest on the chain before it is shown. */
import { useMutation } from '@tanstack/react-query'
import { result, type task } from '@traboule/sdk'
import { useEffect, useState } from 'react'
import { size } from '../../format.ts'
import { useMarket } from '../../market.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Card } from '../../ui/page.tsx'
import { kindOf, textOf } from './preview.ts'

export function ResultCard({ task: known }: Readonly<{ task: task.Known }>) {
  const { network } = useMarket()
  const { taskId, status } = known
  const fetched = useMutation({ mutationFn: () => result.download(network, taskId) })
  if (status !== 'completed')
    return (
      <Card title="Result">
        <p className="empty">{status === 'failed' ? 'There is none.' : 'Not agreed on yet.'}</p>
      </Card>
    )
  return (
    <Card title="Result">
      {fetched.data ? (
        <Verified of={fetched.data} />
      ) : (
        <p>
          <button
            type="button"
            className="primary"
            disabled={fetched.isPending}
            onClick={() => fetched.mutate()}
          >
            {fetched.isPending ? 'Downloading …' : 'Download and verify'}
          </button>
        </p>
      )}
      {fetched.error && <Failure error={fetched.error} />}
      <p className="note">
        Your browser computes the digest itself and compares it with the chain’s.
      </p>
    </Card>
  )
}

function Verified({ of: { digest, files, callbackData } }: Readonly<{ of: result.Verified }>) {
  return (
    <>
      <p className="verified" role="status">
        Verified: this is what the workers agreed on.
      </p>
      <p>
        <code className="whole">{digest}</code>
      </p>
      {files.size === 0 && <p>It went to a contract: {callbackData}</p>}
      <ul className="files">
        {[...files].map(([path, bytes]) => (
          <li key={path}>
            <File path={path} bytes={bytes} />
          </li>
        ))}
      </ul>
    </>
  )
}

function File({ path, bytes }: Readonly<{ path: string; bytes: Uint8Array }>) {
  const kind = kindOf(bytes)
  const url = useObjectUrl(bytes, kind === 'image' ? 'image/png' : 'application/octet-stream')
  return (
    <>
      {url && (
        <a href={url} download={path.split('/').at(-1)}>
          {path}
        </a>
      )}{' '}
      <span className="quiet">{size(bytes.length)}</span>
      {kind === 'image' && url && <img src={url} alt={`What the app wrote to ${path}`} />}
      {kind === 'text' && bytes.length > 0 && <pre>{textOf(bytes)}</pre>}
    </>
  )
}

/** The bytes as something a link can name, for as long as they are shown. */
function useObjectUrl(bytes: Uint8Array, type: string): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, type])
  return url
}
