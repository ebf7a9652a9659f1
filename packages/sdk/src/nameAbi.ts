/** NameAbi: what is asked of the contracts of EIP-137 and EIP-181, whichever of them has it. */
import { parseAbi } from 'viem'

export const nameAbi = parseAbi([
  'function owner(bytes32 node) view returns (address)',
  'function resolver(bytes32 node) view returns (address)',
  'function setResolver(bytes32 node, address resolver)',
  'function register(bytes32 label, address owner)',
  'function addr(bytes32 node) view returns (address)',
  'function setAddr(bytes32 node, address a)',
  'function name(bytes32 node) view returns (string)',
  'function setName(string name)',
])
