import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const wrapper = fileURLToPath(new URL('../solc.mjs', import.meta.url))

const HEAD = '// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.30;\n'
const sources = {
  'Base.sol': { content: `${HEAD}contract Base { uint256 public a; error No(uint256 why); }` },
  'Left.sol': {
    content: `${HEAD}import {Base} from "./Base.sol";
contract Left is Base { function f(uint256 unused) external { if (a > 7) revert No(a); a = 9; } }`,
  },
  'Right.sol': {
    content: `${HEAD}import {Left} from "./Left.sol";
contract Right { function make() external returns (Left) { return new Left(); } }`,
  },
}

function compile(threads: number, given: object = sources) {
  const wanted = { '*': ['abi', 'metadata', 'evm.bytecode', 'evm.deployedBytecode'], '': ['ast'] }
  const outputSelection = Object.fromEntries(Object.keys(given).map((path) => [path, wanted]))
  const optimizer = { enabled: true, runs: 200 }
  const settings = { viaIR: true, evmVersion: 'prague', optimizer, outputSelection }
  const { stdout } = spawnSync(process.execPath, [wrapper, '--standard-json'], {
    input: JSON.stringify({ language: 'Solidity', sources: given, settings }),
    env: { ...process.env, SOLC_THREADS: String(threads) },
    encoding: 'utf8',
  })
  return JSON.parse(stdout)
}

test('a job divided over threads gives the code, ids and warnings of one that is not', () => {
  const whole = compile(1)
  expect(whole.contracts['Right.sol'].Right.evm.bytecode.object.length).toBeGreaterThan(500)
  expect(whole.errors).toHaveLength(1)
  const divided = compile(3)
  expect(divided.contracts).toEqual(whole.contracts)
  expect(divided.sources).toEqual(whole.sources)
  expect(divided.errors).toEqual(whole.errors)
})

test('what only tests others is hardly optimised, and leaves the rest as it is', () => {
  const code = `${HEAD}contract Sum { function f(uint256 n) external pure returns (uint256 s) {
    for (uint256 i = 0; i < n; ++i) s += i * (3 + 4); } }`
  const given = { 'src/Sum.sol': { content: code }, 'test/unit/Sum.t.sol': { content: code } }
  const { contracts } = compile(2, given)
  expect(contracts['src/Sum.sol']).toEqual(
    compile(1, { 'src/Sum.sol': { content: code } }).contracts['src/Sum.sol'],
  )
  const size = (path: string) => contracts[path].Sum.evm.deployedBytecode.object.length
  expect(size('test/unit/Sum.t.sol')).toBeGreaterThan(size('src/Sum.sol'))
})

test('an error in one file is told once, whichever thread met it', () => {
  const broken = { ...sources, 'Broken.sol': { content: `${HEAD}contract Broken { uint256 = ; }` } }
  const errors = compile(2, broken).errors.filter(
    (e: { severity: string }) => e.severity === 'error',
  )
  expect(errors).toHaveLength(1)
})
