export { execute } from './execute.ts'
export type { Surroundings } from './surroundings.ts'
