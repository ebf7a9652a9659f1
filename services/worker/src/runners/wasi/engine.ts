/** Engine: the part of the WebAssembly JavaScript API that is used, whose types come with browsers. */
export type Memory = { readonly buffer: ArrayBuffer }
export type Module = { readonly kind?: 'module' }
type Instance = { readonly exports: Readonly<Record<string, unknown>> }
type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>
type Failure = new (message?: string) => Error

type Engine = Readonly<{
  Memory: abstract new () => Memory
  Module: new (bytes: Uint8Array<ArrayBuffer>) => Module
  Instance: new (module: Module, imports: Imports) => Instance
  CompileError: Failure
  LinkError: Failure
  RuntimeError: Failure
  Exception: abstract new () => object
}>

// The global exists on every Node; only its declaration is missing without the DOM's types.
export const engine = (globalThis as unknown as Readonly<{ WebAssembly: Engine }>).WebAssembly
