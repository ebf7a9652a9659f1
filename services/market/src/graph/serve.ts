/** Serve: the graph over HTTP: `POST /graphql`, `GET /graphql?query=`, and a page to try it out. */
import { AppError } from '@traboule/protocol'
import type { Context as Call, Hono } from 'hono'
import { type Asked, asked, type Graph } from './answer.ts'
import { playground } from './playground.ts'

/** Adds the graph to an app. */
export function serveGraph(app: Hono, graph: Graph): void {
  app.post('/graphql', async (call) => answered(call, graph, await bodyOf(call)))
  app.get('/graphql', async (call) => {
    const { query, variables, operationName } = call.req.query()
    if (query === undefined) return call.html(playground)
    const given = { query, operationName, variables: variables && fromJson(variables) }
    return answered(call, graph, given)
  })
}

async function answered(call: Call, graph: Graph, given: unknown): Promise<Response> {
  const result = await graph.answer(parsed(given))
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return call.body(JSON.stringify(result, plain), 200, { 'content-type': 'application/json' })
}

function parsed(given: unknown): Asked {
  const read = asked.safeParse(given)
  if (read.success) return read.data
  const fields = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new AppError('request/invalid', `This is no GraphQL request: ${fields[0]}.`, { fields })
}

const bodyOf = async (call: Call) => fromJson(await call.req.text())

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('request/not-json', 'The body is not JSON.', {}, cause)
  }
}
