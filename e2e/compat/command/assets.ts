/** Assets: what a project says of apps, datasets and workerpools, deployed. */
import { expect } from 'vitest'
import { z } from 'zod'
import { field } from '../iexec.ts'
import { step, stranger } from '../library/me.ts'
import type { Shell } from './shell.ts'

const CHECKSUM = `0x${'ab'.repeat(32)}`

/** What is changed in the drafts that `init` writes. */
const drafts = {
  app: { name: 'typed', type: 'DOCKER', multiaddr: 'registry.example/typed:1', checksum: CHECKSUM },
  dataset: { name: 'typed', multiaddr: 'https://example.org/typed', checksum: CHECKSUM },
  workerpool: { description: 'typed by hand' },
} as const

const nouns = ['app', 'dataset', 'workerpool'] as const

export function assets(shell: () => Shell): void {
  for (const noun of nouns)
    step(`describes, deploys, shows and counts: ${noun}`, async () => {
      const { address: owner, edit, iexec } = shell()
      const init = noun === 'dataset' ? 'dataset init --encrypted' : `${noun} init`
      expect(await iexec(init)).toMatchObject({ [noun]: { owner } })
      await edit(noun, drafts[noun])
      const address = field(await iexec(`${noun} deploy`), 'address', z.string())
      // Without an address this takes what `deployed.json` remembers.
      expect(await iexec(`${noun} show`)).toMatchObject({ address, [noun]: { owner } })
      expect(await iexec(`${noun} count`)).toMatchObject({ count: '1' })
    })
}

export function farewell(shell: () => Shell): void {
  for (const noun of nouns)
    step(`gives away: ${noun}`, async () => {
      const { deployed, iexec } = shell()
      const { address: heir } = stranger()
      await iexec(`${noun} transfer ${await deployed(noun)} --to ${heir} --force`)
      expect(await iexec(`${noun} show`)).toMatchObject({ [noun]: { owner: heir } })
    })
}
