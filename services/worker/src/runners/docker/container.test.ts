import { expect, test } from 'vitest'
import { aJob } from '../testing.ts'
import { type Confinement, containerOf } from './container.ts'

const run: Confinement = {
  image: 'docker.io/me/app@sha256:00',
  process: { argv: ['/program', 'x'], env: { A: '1' }, folder: '/work', scratch: ['/cache'] },
  place: { in: '/host/in', out: '/host/out' },
  user: { uid: 65_534, gid: 65_534 },
  limits: aJob({ app: new Uint8Array() }).limits,
  cpus: 2,
  labels: { owner: 'me' },
}
const hostOf = (over: Partial<Confinement> = {}) =>
  (containerOf({ ...run, ...over }) as { HostConfig: Record<string, unknown> }).HostConfig

test('a container has no network, rights or devices, and folders of its own alone', () => {
  expect(hostOf()).toMatchObject({
    ...{ NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false },
    SecurityOpt: ['no-new-privileges'],
    ...{ Memory: run.limits.memoryBytes, MemorySwap: run.limits.memoryBytes, NanoCpus: 2e9 },
  })
  expect(Object.keys(hostOf().Tmpfs as object)).toEqual(['/tmp', '/cache'])
  for (const device of ['Devices', 'DeviceRequests', 'Binds', 'CapAdd'])
    expect(hostOf()).not.toHaveProperty(device)
})

test('gets the one device that was lent, by its own name', () => {
  const gpu = { maker: 'nvidia', id: 'GPU-1', name: 'A100', memoryMb: 1, files: [] } as const
  expect(hostOf({ gpu }).DeviceRequests).toEqual([
    { Driver: 'nvidia', DeviceIDs: ['GPU-1'], Capabilities: [['gpu']] },
  ])
  const files = ['/dev/kfd', '/dev/dri/renderD129']
  const amd = { maker: 'amd', id: '1', name: 'MI210', memoryMb: 1, files } as const
  expect(hostOf({ gpu: amd, groups: [44, 105] })).toMatchObject({
    GroupAdd: ['44', '105'],
    Devices: files.map((path) => ({ PathOnHost: path, PathInContainer: path })),
  })
})
