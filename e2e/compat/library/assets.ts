/** Assets: apps, datasets and workerpools, from their prediction to their next owner. */
import { expect } from 'vitest'
import { z } from 'zod'
import { field, plain } from '../iexec.ts'
import { type Me, step, stranger } from './me.ts'

const CHECKSUM = `0x${'ab'.repeat(32)}`
const CONTENT = '/ipfs/QmW2WQi7j6c7UgJTarActp7tDNikE4B2qXtFCfLPdsgaTQ'

export function assets(me: () => Me): void {
  step(
    'deploys an app where it was predicted, shows and counts it, and gives it away',
    async () => {
      const { address: owner, iexec } = me()
      const { app } = iexec
      const image = {
        ...{ owner, name: 'greeter', type: 'DOCKER', checksum: CHECKSUM },
        multiaddr: 'registry.example/greeter:1.0.0',
      }
      const predicted = await app.predictAppAddress(image)
      expect(await app.checkDeployedApp(predicted)).toBe(false)
      const address = field(await app.deployApp(image), 'address', z.string())
      expect(address).toBe(predicted)
      expect(await app.checkDeployedApp(address)).toBe(true)
      const told = { owner, appName: 'greeter', appType: 'DOCKER', appMultiaddr: image.multiaddr }
      expect(await app.showApp(address)).toMatchObject({ app: { ...told, appChecksum: CHECKSUM } })
      expect(plain(await app.countUserApps(owner))).toBe('1')
      expect(await app.showUserApp(0, owner)).toMatchObject({ objAddress: address })
      await expect(app.deployApp(image)).rejects.toThrow(/already deployed/)
      const { address: heir } = stranger()
      expect(await app.transferApp(address, heir)).toMatchObject({ to: heir })
      expect(await app.showApp(address)).toMatchObject({ app: { owner: heir } })
      expect(plain(await app.countUserApps(owner))).toBe('0')
    },
  )

  step('does the same with a dataset, whose location is kept as a multihash', async () => {
    const { address: owner, iexec } = me()
    const { dataset } = iexec
    const data = { owner, name: 'numbers', multiaddr: CONTENT, checksum: CHECKSUM }
    const predicted = await dataset.predictDatasetAddress(data)
    const address = field(await dataset.deployDataset(data), 'address', z.string())
    expect(address).toBe(predicted)
    expect(await dataset.checkDeployedDataset(address)).toBe(true)
    const told = { owner, datasetName: 'numbers', datasetChecksum: CHECKSUM }
    const shown = await dataset.showDataset(address)
    expect(shown).toMatchObject({ dataset: told })
    expect(JSON.stringify(shown)).toContain(CONTENT.slice('/ipfs/'.length))
    expect(plain(await dataset.countUserDatasets(owner))).toBe('1')
    expect(await dataset.showUserDataset(0, owner)).toMatchObject({ objAddress: address })
    const { address: heir } = stranger()
    await dataset.transferDataset(address, heir)
    expect(await dataset.showDataset(address)).toMatchObject({ dataset: { owner: heir } })
  })

  step('does the same with a workerpool, whose policy is the usual one', async () => {
    const { address: owner, iexec } = me()
    const { workerpool } = iexec
    const pool = { owner, description: 'three old laptops' }
    const predicted = await workerpool.predictWorkerpoolAddress(pool)
    const address = field(await workerpool.deployWorkerpool(pool), 'address', z.string())
    expect(address).toBe(predicted)
    expect(await workerpool.checkDeployedWorkerpool(address)).toBe(true)
    const { workerpool: shown } = z
      .object({ workerpool: z.looseObject({}) })
      .parse(plain(await workerpool.showWorkerpool(address)))
    const policy = { workerStakeRatioPolicy: '30', schedulerRewardRatioPolicy: '1' }
    expect(shown).toMatchObject({ owner, workerpoolDescription: pool.description, ...policy })
    expect(plain(await workerpool.countUserWorkerpools(owner))).toBe('1')
    expect(await workerpool.showUserWorkerpool(0, owner)).toMatchObject({ objAddress: address })
    const { address: heir } = stranger()
    await workerpool.transferWorkerpool(address, heir)
    expect(await workerpool.showWorkerpool(address)).toMatchObject({ workerpool: { owner: heir } })
  })
}
