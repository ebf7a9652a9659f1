/** Build: the word counter as a module. */
import { type Built, build as compile } from '../build.ts'

export const build = (): Promise<Built> => compile('wordcount')
