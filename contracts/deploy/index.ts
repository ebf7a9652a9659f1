export { type Artifact, artifact, compileAll } from './artifact.ts'
export { type Deployment, deploy, type Settings } from './deploy.ts'
export { deployNames, type NamesDeployment } from './ens.ts'
export { facetsOf, type Mode } from './facets.ts'
