/** Engine: the API of a container engine on this machine, over its socket. */
import { Agent, type IncomingMessage, request } from 'node:http'
import { AppError } from '@traboule/protocol'

export type Question = Readonly<{
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string>>
  body?: object
  headers?: Readonly<Record<string, string>>
}>

export type Answer = Readonly<{ status: number; body: unknown }>

export type Engine = AsyncDisposable &
  Readonly<{
    /** The whole answer, whatever its status. Throws `runner/unavailable`, or the signal's reason. */
    ask(question: Question, signal?: AbortSignal): Promise<Answer>
    /** An answer that comes in parts. Throws as `ask`, and `runner/crashed` for a refusal. */
    stream(question: Question, signal?: AbortSignal): Promise<IncomingMessage>
  }>

/** No answer that is read whole needs more. */
const MOST_BYTES = 16_777_216

export function openEngine(socketPath: string): Engine {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 })

  const send = (question: Question, signal?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, path, query = {}, body, headers = {} } = question
      const text = body === undefined ? '' : JSON.stringify(body)
      const search = new URLSearchParams(query).toString()
      const asked = request(
        {
          ...{ socketPath, agent, method, path: search ? `${path}?${search}` : path, signal },
          headers: {
            ...headers,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            'content-length': Buffer.byteLength(text),
          },
        },
        resolve,
      )
      asked.once('error', reject)
      asked.end(text)
    })

  const told = (cause: unknown, signal?: AbortSignal): unknown =>
    signal?.aborted ? signal.reason : unavailable(socketPath, cause)

  return {
    async ask(question, signal) {
      try {
        const answer = await send(question, signal)
        return { status: answer.statusCode ?? 0, body: parsed(await whole(answer)) }
      } catch (cause) {
        throw told(cause, signal)
      }
    },
    async stream(question, signal) {
      const answer = await send(question, signal).catch((cause) => {
        throw told(cause, signal)
      })
      if (answer.statusCode === 200) return answer
      throw refusal({ status: answer.statusCode ?? 0, body: parsed(await whole(answer)) })
    },
    async [Symbol.asyncDispose]() {
      agent.destroy()
    },
  }
}

/** The answer's body, where the engine did what it was asked. */
export function accepted(answer: Answer): unknown {
  if (answer.status < 400) return answer.body
  throw refusal(answer)
}

/** What the engine says of a refusal. */
export function reasonIn({ body }: Answer): string {
  const said = typeof body === 'object' && body !== null && 'message' in body && body.message
  return typeof said === 'string' ? said.slice(0, 1_000) : 'nothing'
}

function refusal(answer: Answer): AppError {
  const sentence = `The engine answered ${answer.status}: ${reasonIn(answer)}`
  return new AppError('runner/crashed', sentence, { status: answer.status })
}

function unavailable(socketPath: string, cause: unknown): AppError {
  const sentence = `No container engine answers at ${socketPath}.`
  return new AppError('runner/unavailable', sentence, { socketPath }, cause)
}

async function whole(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer) {
    size += part.length
    if (size > MOST_BYTES) throw new Error('the engine answered too much')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text === '' ? undefined : { message: text.trim() }
  }
}
