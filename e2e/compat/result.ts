/** Result: the files of a task's result, as text. */
import { Archive } from '@traboule/protocol'

export function filesOf(zip: Uint8Array): Readonly<Record<string, string>> {
  const files = [...Archive.unzip(zip)]
  return Object.fromEntries(files.map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]))
}
