/** Memory: forgets everything on exit; for tests. */
import { type Backend, checkKey } from './backend.ts'

export function openMemory(): Backend {
  const kept = new Map<string, Uint8Array>()
  return {
    async create(key, bytes) {
      checkKey(key)
      if (kept.has(key)) return false
      kept.set(key, bytes.slice())
      return true
    },
    async size(key) {
      return kept.get(key)?.length
    },
    async read(key, { start, end } = { start: 0, end: Number.POSITIVE_INFINITY }) {
      const bytes = kept.get(key)
      return bytes && new Blob([bytes.slice(start, end)]).stream()
    },
    async list(folder) {
      const inside = [...kept].filter(([key]) => key.startsWith(`${folder}/`))
      return inside.map(([key, bytes]) => ({
        key: key.slice(folder.length + 1),
        size: bytes.length,
      }))
    },
    async remove(key) {
      kept.delete(key)
    },
    [Symbol.asyncDispose]: async () => kept.clear(),
  }
}
