/** Build: the Monte Carlo estimate of π as a module. */
import { type Built, build as compile } from '../build.ts'

export const build = (): Promise<Built> => compile('pi')
