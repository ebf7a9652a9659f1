/** Published: what the literature’s formulas and a reference simulation give, to be met here. */

/** Majority voting: the error of m = 2, 3, 5, 10, and the m that 1e-2, 1e-3 and 1e-6 take. */
export const voting: readonly (readonly [
  phi: number,
  errors: readonly string[],
  m: readonly number[],
])[] = [
  [0.01, ['2.98e-4', '9.85e-6', '1.22e-8', '8.5e-16'], [1, 2, 4]],
  [0.05, ['7.25e-3', '1.16e-3', '3.32e-5', '5.9e-9'], [2, 4, 8]],
  [0.1, ['2.80e-2', '8.56e-3', '8.91e-4', '3.9e-6'], [3, 5, 12]],
  [0.2, ['1.04e-1', '5.79e-2', '1.96e-2', '1.6e-3'], [7, 11, 26]],
  [0.35, ['2.82e-1', '2.35e-1', '1.72e-1', '8.8e-2'], [29, 51, 121]],
]

/** Spot-checks with blacklisting: the worst error, and its bound. */
export const checking: readonly (readonly [
  f: number,
  q: number,
  n: number,
  error: string,
  bound: string,
])[] = [
  [0.05, 0.1, 100, '1.89e-3', '1.94e-3'],
  [0.1, 0.1, 100, '3.91e-3', '4.09e-3'],
  [0.2, 0.1, 100, '8.41e-3', '9.20e-3'],
  [0.5, 0.1, 100, '2.77e-2', '3.68e-2'],
  [0.2, 0.1, 1000, '8.45e-4', '9.20e-4'],
  [0.2, 0.2, 100, '4.20e-3', '4.60e-3'],
]

/**
 * Checks that one result takes (without blacklisting), and two that agree (without). At an error of
 * 1e-6 without blacklisting the bound is met exactly, at 100,000 and 200,000.
 */
export const checks: readonly (readonly [f: number, most: number, ...needed: readonly number[]])[] =
  [
    [0.1, 1e-2, 5, 10, 1, 2],
    [0.1, 1e-3, 41, 100, 2, 4],
    [0.1, 1e-4, 409, 1_000, 5, 11],
    [0.1, 1e-6, 40_876, 100_000, 41, 101],
    [0.2, 1e-2, 10, 20, 2, 3],
    [0.2, 1e-3, 92, 200, 3, 7],
    [0.2, 1e-4, 920, 2_000, 10, 21],
    [0.2, 1e-6, 91_970, 200_000, 93, 201],
  ]

/** Replicas on the hub at trust 2, 100, 1e4 and 1e6, by score. */
export const replicas: readonly (readonly [
  score: bigint,
  weight: bigint,
  ...needed: readonly number[],
])[] = [
  [0n, 2n, 1, 7, 14, 20],
  [12n, 3n, 1, 5, 9, 13],
  [30n, 9n, 1, 3, 5, 7],
  [90n, 29n, 1, 2, 3, 5],
  [300n, 99n, 1, 2, 3, 4],
  [3000n, 999n, 1, 1, 2, 3],
]

export type Cell = readonly [error: number, least: number, most: number]

/** Spot-checks and voting together: the worst error over the rates of lying, and the range of costs. */
export const combined: readonly Readonly<{
  saboteurs: number
  blacklisting: readonly (readonly [most: number, cell: Cell])[]
  without: readonly (readonly [most: number, cell: Cell])[]
}>[] = [
  {
    saboteurs: 0.05,
    blacklisting: [
      [1e-2, [2.4e-3, 1.16, 1.21]],
      [1e-3, [0, 2.27, 2.35]],
      [1e-4, [0, 2.27, 2.35]],
      [1e-6, [0, 3.38, 3.46]],
    ],
    without: [
      [1e-2, [2.5e-3, 1.41, 1.44]],
      [1e-3, [7.5e-5, 2.25, 2.35]],
      [1e-4, [3.8e-5, 2.26, 2.36]],
    ],
  },
  {
    saboteurs: 0.1,
    blacklisting: [
      [1e-2, [4e-3, 1.41, 1.48]],
      [1e-3, [0, 2.3, 2.48]],
      [1e-4, [0, 2.3, 2.48]],
      [1e-6, [0, 3.49, 3.72]],
    ],
    without: [
      [1e-2, [1.3e-3, 1.96, 2.08]],
      [1e-3, [7.5e-5, 2.27, 2.49]],
      [1e-4, [2.5e-5, 2.57, 2.74]],
    ],
  },
  {
    saboteurs: 0.2,
    blacklisting: [
      [1e-2, [1.8e-3, 2.01, 2.21]],
      [1e-3, [3.7e-5, 2.37, 2.79]],
      [1e-4, [1.3e-5, 2.54, 2.85]],
      [1e-6, [0, 3.65, 4.18]],
    ],
    without: [
      [1e-2, [2.1e-4, 2.32, 2.78]],
      [1e-3, [1e-4, 2.37, 2.83]],
      [1e-4, [0, 3.49, 4]],
    ],
  },
  {
    saboteurs: 0.35,
    blacklisting: [
      [1e-2, [2.4e-4, 2.54, 3.34]],
      [1e-3, [1.4e-4, 2.56, 3.43]],
      [1e-4, [0, 3.87, 4.43]],
      [1e-6, [0, 4.71, 5.21]],
    ],
    without: [
      [1e-2, [4.1e-4, 2.41, 3.43]],
      [1e-3, [8.8e-5, 2.89, 3.68]],
      [1e-4, [2.5e-5, 3.7, 5.15]],
    ],
  },
]

/** What is begun is finished first, nothing undone: the worst error over the rates of lying, and costs. */
export const depth: readonly Readonly<{
  rule: number | 'adaptive' | 'hub 100' | 'hub 10000'
  cells: readonly (readonly [saboteurs: number, cell: Cell])[]
}>[] = [
  {
    rule: 'adaptive',
    cells: [
      [0.05, [4.8e-3, 1.05, 1.16]],
      [0.2, [7.9e-2, 1.05, 1.64]],
    ],
  },
  {
    rule: 'hub 100',
    cells: [
      [0.05, [1e-4, 1.35, 1.42]],
      [0.2, [6.1e-4, 1.41, 1.77]],
      [0.33, [9.3e-4, 1.47, 2.22]],
    ],
  },
  {
    rule: 'hub 10000',
    cells: [
      [0.05, [0, 2.26, 2.37]],
      [0.2, [0, 2.32, 2.84]],
      [0.33, [0, 2.39, 3.41]],
    ],
  },
  {
    rule: 1e-2,
    cells: [
      [0.05, [7.8e-4, 1.13, 1.14]],
      [0.2, [1.8e-3, 1.21, 1.23]],
      [0.33, [2.6e-3, 1.26, 1.32]],
    ],
  },
  {
    rule: 1e-3,
    cells: [
      [0.05, [4e-4, 1.32, 1.33]],
      [0.2, [1.9e-4, 1.9, 2.01]],
      [0.33, [1e-5, 2.26, 2.29]],
    ],
  },
  {
    rule: 1e-4,
    cells: [
      [0.05, [0, 2.24, 2.24]],
      [0.2, [5e-6, 2.29, 2.31]],
      [0.33, [5e-6, 2.33, 2.38]],
    ],
  },
]
