import { conforms } from './conformance.ts'
import { openMemory } from './memory.ts'

conforms(async () => openMemory())
