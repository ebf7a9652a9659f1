/**
 * Gpus: the accelerators of this machine, found by asking their makers' tools, and lent to one task
 * at a time. Two tasks on one device would see each other's timing, and fight for its memory.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AppError } from '@traboule/protocol'
import { z } from 'zod'

export type Gpu = Readonly<{
  maker: 'nvidia' | 'amd'
  /** What its maker's tools call this very device. */
  id: string
  name: string
  memoryMb: number
  /** Device files that a program needs to use it, and no other. */
  files: readonly string[]
}>

/** Lends a device until it is disposed of. */
export type Loan = Disposable & Readonly<{ gpu: Gpu }>

export type Gpus = Readonly<{
  all: readonly Gpu[]
  /** The next device that is free. Rejects with `task/unsupported` where there is none at all. */
  borrow(signal: AbortSignal): Promise<Loan>
}>

/** What a tool answers; undefined where there is no such tool, or no device for it. */
export type Ask = (program: string, args: readonly string[]) => Promise<string | undefined>

const system = promisify(execFile)
const PATIENCE_MS = 10_000

/** The devices that `nvidia-smi` and `rocm-smi` tell of. */
export async function findGpus(ask: Ask = askSystem): Promise<Gpu[]> {
  const [nvidia, amd] = await Promise.all([
    ask('nvidia-smi', [
      '--query-gpu=index,uuid,name,memory.total',
      '--format=csv,noheader,nounits',
    ]),
    ask('rocm-smi', ['--showproductname', '--showuniqueid', '--showmeminfo', 'vram', '--json']),
  ])
  return [
    ...(nvidia === undefined ? [] : nvidiaIn(nvidia)),
    ...(amd === undefined ? [] : amdIn(amd)),
  ]
}

async function askSystem(program: string, args: readonly string[]): Promise<string | undefined> {
  return system(program, [...args], { timeout: PATIENCE_MS }).then(
    ({ stdout }) => stdout,
    () => undefined,
  )
}

/** Lines such as `0, GPU-8a…, NVIDIA A100-SXM4-40GB, 40960`; others are not about devices. */
export function nvidiaIn(text: string): Gpu[] {
  const line = /^\s*(\d+),\s*(GPU-[0-9a-f-]+),\s*(.+?),\s*(\d+)\s*$/
  return text.split('\n').flatMap((each) => {
    const [, index, id, name, memory] = line.exec(each) ?? []
    if (index === undefined || id === undefined || name === undefined) return []
    const files = [`/dev/nvidia${index}`, '/dev/nvidiactl', '/dev/nvidia-uvm']
    return [{ maker: 'nvidia', id, name, memoryMb: Number(memory), files }]
  })
}

const card = z.looseObject({ 'VRAM Total Memory (B)': z.coerce.number() })
const cards = z.record(z.string(), z.unknown())

/** An object with one entry for each card, `card0` being the first that renders (`renderD128`). */
export function amdIn(text: string): Gpu[] {
  const start = text.indexOf('{') // warnings come before
  const said = cards.safeParse(parsed(text.slice(Math.max(start, 0))))
  return Object.entries(said.data ?? {}).flatMap(([key, value]) => {
    const index = /^card(\d+)$/.exec(key)?.[1]
    const found = card.safeParse(value)
    if (index === undefined || !found.success) return []
    const { 'VRAM Total Memory (B)': bytes, ...rest } = found.data
    const series = rest['Card Series'] ?? rest['Card series'] ?? rest['Card model']
    const files = ['/dev/kfd', `/dev/dri/renderD${128 + Number(index)}`]
    const memoryMb = Math.floor(bytes / 1_048_576)
    return [{ maker: 'amd', id: index, name: String(series ?? 'AMD'), memoryMb, files }]
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Lends out these devices, to who asked first. */
export function openGpus(all: readonly Gpu[]): Gpus {
  const free = [...all]
  const waiting: ((gpu: Gpu) => void)[] = []

  function giveBack(gpu: Gpu): void {
    const next = waiting.shift()
    if (next) next(gpu)
    else free.push(gpu)
  }
  const loan = (gpu: Gpu): Loan => {
    let lent = true
    return {
      gpu,
      [Symbol.dispose]() {
        if (lent) giveBack(gpu)
        lent = false
      },
    }
  }

  return {
    all,
    async borrow(signal) {
      signal.throwIfAborted()
      if (all.length === 0)
        throw new AppError('task/unsupported', 'This worker has no GPU.', {
          asked: ['the tag gpu'],
        })
      const gpu = free.shift()
      if (gpu) return loan(gpu)
      const { promise, resolve, reject } = Promise.withResolvers<Gpu>()
      waiting.push(resolve)
      const forget = () => {
        const at = waiting.indexOf(resolve)
        if (at === -1) return
        waiting.splice(at, 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', forget, { once: true })
      return loan(await promise.finally(() => signal.removeEventListener('abort', forget)))
    },
  }
}
