/** Download: bytes over HTTP, never more than announced as acceptable. */
import { AppError } from '@traboule/protocol'

/** How long one object may take; a stalled source must not hold whoever waits for it. */
const PATIENCE_MS = 120_000

/** Throws `object/unknown`, `object/too-large`, `service/unreachable`, or the signal's reason. */
export async function download(
  url: URL,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  try {
    const response = await fetch(url, { signal: patience })
    if (response.status === 404)
      throw new AppError('object/unknown', `${url} has no such object.`, { url })
    if (!response.ok || !response.body)
      throw new AppError('service/unreachable', `${url} answered ${response.status}.`, { url })
    return await collect(response.body, url, mostBytes)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (cause instanceof AppError) throw cause
    throw new AppError('service/unreachable', `${url} does not answer.`, { url }, cause)
  }
}

async function collect(body: ReadableStream<Uint8Array>, url: URL, mostBytes: number) {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > mostBytes) {
      const sentence = `${url} is larger than ${mostBytes} bytes.`
      throw new AppError('object/too-large', sentence, { url, limit: mostBytes })
    }
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}
