/** OpenAPI: the route tables as a document for machines, and as a page for people. */
import { codes, type ErrorCode, row } from '@traboule/protocol'
import type { Api, Route } from '@traboule/protocol/api'
import type { Hono } from 'hono'
import { z } from 'zod'

type About = Readonly<{ title: string; version: string; description: string }>

type Schema = Readonly<Record<string, unknown>>
type Operation = Readonly<{
  summary: string
  parameters: readonly Schema[]
  [more: string]: unknown
}>
type OpenApi = Readonly<{
  openapi: '3.1.0'
  info: About
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  components: Schema
}>

/** Serves the document at `/openapi.json` and the page at `/docs`. */
export function serveDocs(app: Hono, tables: readonly Api[], about: About): void {
  const document = openApi(tables, about)
  const page = pageOf(document)
  app.get('/openapi.json', (call) => call.json(document))
  app.get('/docs', (call) => call.html(page))
}

/** The OpenAPI 3.1 document of route tables. */
function openApi(tables: readonly Api[], info: About): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const [name, route] of tables.flatMap((table) => Object.entries(table))) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) }
  }
  return { openapi: '3.1.0', info, paths, components: { securitySchemes: { signed } } }
}

const signed = {
  type: 'apiKey',
  in: 'header',
  name: 'authorization',
  description: 'An EIP-712 signature by the caller: see the description of the service.',
}

function operationOf(name: string, route: Route): Operation {
  const { about, auth, fails = [] } = route
  const problems = Object.fromEntries(groupedByStatus(fails))
  return {
    operationId: name,
    summary: about,
    parameters: [...parametersOf('path', route.params), ...parametersOf('query', route.query)],
    ...(route.body && { requestBody: { required: true, content: contentOf(route.body, 'input') } }),
    responses: { [route.returns === 'nothing' ? 204 : 200]: answerOf(route), ...problems },
    ...(auth && { security: [{ signed: [] }] }),
  }
}

function answerOf({ returns }: Route): Schema {
  if (returns === 'nothing') return { description: 'Done.' }
  return { description: 'The answer.', content: contentOf(returns, 'output') }
}

function contentOf(shape: z.ZodType | 'bytes' | 'text', io: 'input' | 'output'): Schema {
  if (shape === 'bytes') return { 'application/octet-stream': {} }
  if (shape === 'text') return { 'text/plain': {} }
  return { 'application/json': { schema: schemaOf(shape, io) } }
}

function parametersOf(place: 'path' | 'query', shape: z.ZodType | undefined): Schema[] {
  if (!shape) return []
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as {
    properties?: Record<string, Schema>
    required?: readonly string[]
  } // parameters are objects
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }))
}

const schemaOf = (shape: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' })
  return schema
}

function groupedByStatus(fails: readonly ErrorCode[]): [string, Schema][] {
  const statuses = [...new Set(fails.map((code) => row(code).status))].sort()
  return statuses.map((status) => {
    const here = fails.filter((code) => row(code).status === status)
    const description = here.map((code) => `\`${code}\`: ${row(code).hint}`).join('\n\n')
    return [String(status), { description }]
  })
}

const escaped = (text: unknown) =>
  String(text).replace(/[&<>"]/g, (char) => `&#${char.codePointAt(0)};`)

/** A page that needs nothing from elsewhere. */
function pageOf({ info, paths }: OpenApi): string {
  const sections = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => sectionOf(method, path, operation)),
  )
  const errors = codes.map(
    (code) => `<dt><code>${code}</code> ${row(code).status}<dd>${escaped(row(code).hint)}`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escaped(info.title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:52rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
code,pre{font-family:ui-monospace,monospace}pre{overflow:auto;padding:.5rem;border:1px solid #8884}
summary{cursor:pointer}dt{margin-top:.5rem}</style>
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1><p>${escaped(info.description)}
<p>The same for machines: <a href="openapi.json">openapi.json</a>.
${sections.join('\n')}<h2>Errors</h2><dl>${errors.join('')}</dl></html>`
}

function sectionOf(method: string, path: string, operation: Operation): string {
  const { summary, parameters, requestBody, responses } = operation
  const names = parameters.map(
    ({ name, required }) => `<code>${escaped(name)}</code>${required ? '' : '?'}`,
  )
  const details = escaped(JSON.stringify({ parameters, requestBody, responses }, null, 2))
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
<p>${names.join(', ')}<pre>${details}</pre></details>`
}
