// Made by `npm run generate` from the contracts.
export const datasetAbi = [
  {"type":"function","name":"initialize","inputs":[{"name":"","type":"string"},{"name":"","type":"bytes"},{"name":"","type":"bytes32"}],"outputs":[],"stateMutability":"pure"},
  {"type":"function","name":"m_datasetChecksum","inputs":[],"outputs":[{"name":"","type":"bytes32"}],"stateMutability":"view"},
  {"type":"function","name":"m_datasetMultiaddr","inputs":[],"outputs":[{"name":"","type":"bytes"}],"stateMutability":"view"},
  {"type":"function","name":"m_datasetName","inputs":[],"outputs":[{"name":"","type":"string"}],"stateMutability":"view"},
  {"type":"function","name":"owner","inputs":[],"outputs":[{"name":"","type":"address"}],"stateMutability":"view"},
  {"type":"function","name":"registry","inputs":[],"outputs":[{"name":"","type":"address"}],"stateMutability":"view"},
  {"type":"function","name":"setName","inputs":[{"name":"","type":"address"},{"name":"","type":"string"}],"outputs":[],"stateMutability":"pure"},
] as const
