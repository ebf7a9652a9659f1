/** Outputs: the files of results, on disk. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { result } from '@traboule/sdk'
import type { Surroundings } from './surroundings.ts'

/**
 * Writes what tasks answered into `folder`: one sub-folder a task when there are several. Paths are
 * those that the archive was checked for: none leaves the folder.
 */
export async function save(
  { cwd }: Surroundings,
  folder: string,
  results: readonly result.Verified[],
): Promise<readonly string[]> {
  const written: string[] = []
  for (const { index, files } of results) {
    const place = results.length > 1 ? join(folder, String(index)) : folder
    for (const [path, bytes] of files) {
      const full = join(place, path)
      await mkdir(dirname(full), { recursive: true })
      await writeFile(full, bytes)
      written.push(relative(cwd, full))
    }
  }
  return written
}
