/** Category: how long a task may take. The chain keeps the list; it only grows. */

export type Category = Readonly<{ name: string; description: string; workClockTimeRef: bigint }>

/** The five categories of every live PoCo chain, with their reference time in seconds. */
export const standard: readonly Category[] = [
  { name: 'XS', description: '""', workClockTimeRef: 300n },
  { name: 'S', description: '""', workClockTimeRef: 1_200n },
  { name: 'M', description: '""', workClockTimeRef: 3_600n },
  { name: 'L', description: '""', workClockTimeRef: 10_800n },
  { name: 'XL', description: '""', workClockTimeRef: 36_000n },
]
