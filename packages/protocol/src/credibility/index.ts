/** Credibility: how surely a result is right, and what that takes. */
export * from './closedForm.ts'
export * from './draw.ts'
export * from './group.ts'
export * from './judge.ts'
export * from './policy.ts'
