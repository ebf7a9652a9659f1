/**
 * Define: an HTTP route is one object, from which the server gets its parser and the client its
 * types. There is no second description to keep in step.
 */
import type { Address } from 'viem'
import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

/** What a body is: parsed JSON, or bytes as they are (at most the server's limit). */
type Body = z.ZodType | 'bytes'
/** What an answer is: JSON, bytes, plain text, or only a status. */
type Answer = z.ZodType | 'bytes' | 'text' | 'nothing'

export type Route = Readonly<{
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Absolute path; `:name` segments are given by `params`. */
  path: string
  params?: z.ZodType
  query?: z.ZodType
  body?: Body
  returns: Answer
  /** `signed`: the caller proves an address (see `signed.ts`), and the handler receives it. */
  auth?: 'signed'
  /** Codes a caller should expect, beside those of any route. */
  fails?: readonly ErrorCode[]
  /** One sentence for the reference page. */
  about: string
}>

export type Api = Readonly<Record<string, Route>>

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined
type Given<T> = T extends z.ZodType ? z.input<T> : undefined
type BodyOf<T> = T extends 'bytes' ? Uint8Array : Parsed<T>
type BodyGiven<T> = T extends 'bytes' ? Uint8Array : Given<T>
type Returned<T> = T extends 'bytes' ? Uint8Array : T extends 'text' ? string : Parsed<T>

/** What a handler receives. */
export type Request<R extends Route> = Readonly<{
  params: Parsed<R['params']>
  query: Parsed<R['query']>
  body: BodyOf<R['body']>
  caller: R['auth'] extends 'signed' ? Address : undefined
}>

/** What a handler gives back: the answer before it is written as JSON. */
type Sent<T> = T extends 'bytes' ? Uint8Array : T extends 'text' ? string : Given<T>
export type Handlers<A extends Api> = {
  readonly [K in keyof A]: (request: Request<A[K]>) => Promise<Sent<A[K]['returns']>>
}

type Present<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] }
type Call<R extends Route> = Present<{
  params: Given<R['params']>
  query: Given<R['query']>
  body: BodyGiven<R['body']>
}>

/** One function a route. */
export type Client<A extends Api> = {
  readonly [K in keyof A]: keyof Call<A[K]> extends never
    ? (call?: Record<never, never>, signal?: AbortSignal) => Promise<Returned<A[K]['returns']>>
    : (call: Call<A[K]>, signal?: AbortSignal) => Promise<Returned<A[K]['returns']>>
}
