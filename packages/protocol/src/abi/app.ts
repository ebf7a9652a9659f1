// Made by `npm run generate` from the contracts.
export const appAbi = [
  {"type":"function","name":"initialize","inputs":[{"name":"","type":"string"},{"name":"","type":"string"},{"name":"","type":"bytes"},{"name":"","type":"bytes32"},{"name":"","type":"bytes"}],"outputs":[],"stateMutability":"pure"},
  {"type":"function","name":"m_appChecksum","inputs":[],"outputs":[{"name":"","type":"bytes32"}],"stateMutability":"view"},
  {"type":"function","name":"m_appMREnclave","inputs":[],"outputs":[{"name":"","type":"bytes"}],"stateMutability":"view"},
  {"type":"function","name":"m_appMultiaddr","inputs":[],"outputs":[{"name":"","type":"bytes"}],"stateMutability":"view"},
  {"type":"function","name":"m_appName","inputs":[],"outputs":[{"name":"","type":"string"}],"stateMutability":"view"},
  {"type":"function","name":"m_appType","inputs":[],"outputs":[{"name":"","type":"string"}],"stateMutability":"view"},
  {"type":"function","name":"owner","inputs":[],"outputs":[{"name":"","type":"address"}],"stateMutability":"view"},
  {"type":"function","name":"registry","inputs":[],"outputs":[{"name":"","type":"address"}],"stateMutability":"view"},
  {"type":"function","name":"setName","inputs":[{"name":"","type":"address"},{"name":"","type":"string"}],"outputs":[],"stateMutability":"pure"},
] as const
