/** Vectors: what clients of the protocol rely on, byte for byte. Source: PoCo v6.2.0. */

/** Functions of the hub and their selectors. */
export const hubSelectors = {
  verifySignature: '0x01751998',
  verifyPresignature: '0xc87b582a',
  verifyPresignatureOrSignature: '0xbf36994e',
  matchOrders: '0x156194d4',
  sponsorMatchOrders: '0x2f391533',
  assertDatasetDealCompatibility: '0x80f03425',
  initialize: '0x5b36c66b',
  contribute: '0x34623484',
  contributeAndFinalize: '0x5facd761',
  reveal: '0xfc334e8c',
  reopen: '0xf6c68e10',
  finalize: '0x8fc375e5',
  claim: '0xbd66528a',
  initializeArray: '0xb504681d',
  claimArray: '0xfa055d7e',
  initializeAndClaimArray: '0xf722cb32',
  manageAppOrder: '0xb2b07e66',
  manageDatasetOrder: '0x4b747106',
  manageWorkerpoolOrder: '0x7e34a077',
  manageRequestOrder: '0x8dd971d5',
  broadcastAppOrder: '0xc52e9de1',
  broadcastDatasetOrder: '0x4c4692de',
  broadcastWorkerpoolOrder: '0x947f5178',
  broadcastRequestOrder: '0x4693d172',
  'deposit(uint256)': '0xb6b55f25',
  'deposit()': '0xd0e30db0',
  'depositFor(uint256,address)': '0x36efd16f',
  'depositFor(address)': '0xaa67c919',
  depositForArray: '0x3354f8a5',
  withdraw: '0x2e1a7d4d',
  withdrawTo: '0xc86283c8',
  recover: '0xce746024',
  receiveApproval: '0x8f4ffcb1',
  transfer: '0xa9059cbb',
  approve: '0x095ea7b3',
  transferFrom: '0x23b872dd',
  increaseAllowance: '0x39509351',
  decreaseAllowance: '0xa457c2d7',
  approveAndCall: '0xcae9ca51',
  viewDeal: '0xb74861b2',
  viewTask: '0xadccf0d5',
  viewContribution: '0xe741363b',
  viewScore: '0xdb230b52',
  viewConsumed: '0x4b2bec8c',
  viewPresigned: '0xd286eb16',
  resultFor: '0xd09cc57e',
  computeDealVolume: '0x66517ca6',
  name: '0x06fdde03',
  symbol: '0x95d89b41',
  decimals: '0x313ce567',
  totalSupply: '0x18160ddd',
  balanceOf: '0x70a08231',
  frozenOf: '0x1bf6e00d',
  allowance: '0xdd62ed3e',
  viewAccount: '0x6b55f4a5',
  token: '0xfc0c546a',
  viewCategory: '0x4f5f44ec',
  countCategory: '0xc140996f',
  appregistry: '0x45b637a9',
  datasetregistry: '0xb1b11d2c',
  workerpoolregistry: '0x90a0f546',
  teebroker: '0x5975b8fc',
  callbackgas: '0xe63ec07d',
  viewApp: '0xe1523fb4',
  viewDataset: '0x1e143ef7',
  viewWorkerpool: '0xbd8ab058',
  contribution_deadline_ratio: '0x74ed5244',
  reveal_deadline_ratio: '0x2b8857c1',
  final_deadline_ratio: '0xdb8aaa26',
  workerpool_stake_ratio: '0x6112f6fd',
  kitty_ratio: '0xdcb03241',
  kitty_min: '0x77a99692',
  kitty_address: '0xa47e7f80',
  groupmember_purpose: '0x25eacba8',
  eip712domain_separator: '0x9910fd72',
  viewAccountABILegacy: '0x5b3ae3e4',
  viewDealABILegacy_pt1: '0xbd19a4f3',
  viewDealABILegacy_pt2: '0xce5f7895',
  viewConfigABILegacy: '0xd5922f50',
  viewTaskABILegacy: '0x248ad6a0',
  viewContributionABILegacy: '0x11e35aba',
  viewCategoryABILegacy: '0xf9353b8d',
  configure: '0xb5521817',
  domain: '0xc2fb26a6',
  updateDomainSeparator: '0x89ccfe89',
  importScore: '0xa9b20cee',
  setTeeBroker: '0xaefb52b4',
  setCallbackGas: '0x01d09a3c',
  changeRegistries: '0x0e7c4033',
  createCategory: '0x298503d9',
  owner: '0x8da5cb5b',
  transferOwnership: '0xf2fde38b',
  diamondCut: '0x1f931c1c',
  facets: '0x7a0ed627',
  facetFunctionSelectors: '0xadfca15e',
  facetAddresses: '0x52ef6b2c',
  facetAddress: '0xcdffacc6',
  supportsInterface: '0x01ffc9a7',
} as const

export const boostSelectors = {
  matchOrdersBoost: '0x8a8b3607',
  sponsorMatchOrdersBoost: '0xc1f9a20e',
  pushResultBoost: '0x9bced28b',
  claimBoost: '0xaf24ba0b',
  viewDealBoost: '0x63fbac17',
} as const

/** Functions that all three registries have. */
const registrySelectors = {
  isRegistered: '0xc3c5a547',
  initialize: '0xc4d66de8',
  setBaseURI: '0x55f804b3',
  setName: '0x3121db1c',
  master: '0xee97f7f3',
  proxyCode: '0x6fa59bbc',
  proxyCodeHash: '0xeee39111',
  previous: '0x7c2b2e71',
  initialized: '0x158ef93e',
  baseURI: '0x6c0360eb',
  ownerOf: '0x6352211e',
  tokenByIndex: '0x4f6ccce7',
  tokenOfOwnerByIndex: '0x2f745c59',
  tokenURI: '0xc87b56dd',
  setApprovalForAll: '0xa22cb465',
  isApprovedForAll: '0xe985e9c5',
  getApproved: '0x081812fc',
} as const

export const appRegistrySelectors = {
  ...registrySelectors,
  createApp: '0x3f7868ff',
  predictApp: '0xe92118ed',
} as const
export const datasetRegistrySelectors = {
  ...registrySelectors,
  createDataset: '0x3354bcdb',
  predictDataset: '0xfe17fc7a',
} as const
export const workerpoolRegistrySelectors = {
  ...registrySelectors,
  createWorkerpool: '0xe40238f4',
  predictWorkerpool: '0x064a6c2a',
} as const

const entrySelectors = {
  owner: '0x8da5cb5b',
  registry: '0x7b103999',
  setName: '0x3121db1c',
} as const
export const appSelectors = {
  ...entrySelectors,
  m_appName: '0x358982a3',
  m_appType: '0xf8c2ceb3',
  m_appMultiaddr: '0x39e75d45',
  m_appChecksum: '0x84aaf12e',
  m_appMREnclave: '0xe30d26a8',
} as const
export const datasetSelectors = {
  ...entrySelectors,
  m_datasetName: '0x0847c431',
  m_datasetMultiaddr: '0xa61ca6c5',
  m_datasetChecksum: '0x1ba99d7e',
} as const
export const workerpoolSelectors = {
  ...entrySelectors,
  m_workerpoolDescription: '0x584feb3a',
  m_workerStakeRatioPolicy: '0xb55e75af',
  m_schedulerRewardRatioPolicy: '0x87639c68',
  changePolicy: '0xf199413c',
} as const

export const hubTopics = {
  OrdersMatched: '0xd811b592ed0899225773e8933d8df64bd0b62761a9d7aad4ed5b22735f4610a4',
  SchedulerNotice: '0x692ad61076dceddd0f1a861f737553dd61fc8501cf4190d29c4e90af6607f765',
  DealSponsored: '0x81eec3d5401bb1693dbef61f0800bc16602905d6677d691c1262d6f08456e9a0',
  TaskInitialize: '0x252992fb0468d68d6a5784ec03214f0d0a362083f2d7ebd157af43b017a22e06',
  TaskContribute: '0x3fdb8d7797562d49a81078dbf7fa1771958ea452f8b13d1148383bd9506aecfb',
  TaskConsensus: '0xf6d49bf3e05d33a4bc497d3c793fb5756388bb96b947cf51bb60aaecb0e022e3',
  TaskReveal: '0x4b1763d473ac8fa80b4432ba90047e1b92444d8fabc55e6a002d9b1a316d7959',
  TaskReopen: '0x3afe0f24796ce653c6ab1f3e7aba5ce564eece5e82aee724aff28253e829f07b',
  TaskFinalize: '0x78ce8a8bc0fcb704e8ba3b3dbb36aa88002df8038128b4af2f27ef65db665044',
  TaskClaimed: '0xcbc308b5f91040d2659a5201858344b0b583cd2f9e18e8470c2fa052c5b21ff8',
  AccurateContribution: '0x9703f4589802246c80b822e63697180da799e363cd1b6fd9465a5e5574d53492',
  FaultyContribution: '0xf868788948d55240774fdbad06555105ef20bbc70d1b7eccda982b65e11e79bb',
  Lock: '0x625fed9875dada8643f2418b838ae0bc78d9a148a18eee4ee1979ff0f3f5d427',
  Unlock: '0x6381d9813cabeb57471b5a7e05078e64845ccdb563146a6911d536f24ce960f1',
  Reward: '0xc2aca55aa696938c7e95842e8939ca0fbb2120a3eeb8948cdcee2b70da566672',
  Seize: '0x1bccc549c38561cd5b57f0db11ceb8dde1b0b6ee05ab5e155b51c7c5ba64becb',
  CreateCategory: '0x62bf08360c9d561749c54eaf4f8bf8cb6c8b6f4f40607bcec39a8172e714d25c',
  SignedAppOrder: '0x50933cf5a9c44d5ed66b895deb27212aa33d811b46a7b41093e047e213c0bcab',
  SignedDatasetOrder: '0x79ce85909be2c590a728d1634ce6ec8a7cbf815260bacc05387890a313da8130',
  SignedWorkerpoolOrder: '0x3a61aabf2ab04790d082ff1e332853b2f66944c2e951a146121f80272812a476',
  SignedRequestOrder: '0x3b0ac04165536d6b11d04220f998c840bd6e439d59c5d8721bba8a4e1fb9ebfd',
  ClosedAppOrder: '0x7343f75be43aba524f85326508cd975d016ef7884676377366c69a7c32e30668',
  ClosedDatasetOrder: '0xcf52e3228bc482a6656d8ab56c09888b1c5bf6aaadba0185e96a34836f2bb1d4',
  ClosedWorkerpoolOrder: '0x145ad51e4496173bca15e24e7eb46f9ab3a10eea0497e2801a3a6806c06113a3',
  ClosedRequestOrder: '0x582f43f2a741cbe708aae3b8d38a4efc3d09d7e81919697b3ca693f4c444cc05',
  BroadcastAppOrder: '0x6fd493f856b22df174df46975d6dcf0895c7dfb3c63d20179c0dcd5563e2f565',
  BroadcastDatasetOrder: '0xc56d982ad2fd39ebadca073cc88d9bdaee0f4c8e7b2b6be50227169daefc7b3f',
  BroadcastWorkerpoolOrder: '0xaf81a046e31ebb2be305579e585ac6b2ee3fdc2dc9dba806bb826879bb2c7851',
  BroadcastRequestOrder: '0x54bee205d9b03332d6dc82bc907476dfef6ed4fd86058d49a72994baee781175',
  Transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
  Approval: '0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925',
} as const

export const boostTopics = {
  SchedulerNoticeBoost: '0x90edec6d368fb8a52f3cba8ef8adbc79511b2b7a6d1df663e38ae6f4775c11a6',
  ResultPushedBoost: '0xfbd7641f7e58d072f2d358846c1b7880d83d9293a71a4b04880b8eaf7e54306f',
  DealSponsoredBoost: '0x30d8c59de5f54b676eb3410d971831f2cd83fcf445559b287cecadb1900fc454',
} as const

export const workerpoolTopics = {
  PolicyUpdate: '0x61f37ef3a6d587ce2d6be79492e1fac570f2745787015db7ed95ad4397b05c1e',
} as const

/** Topics of which argument clients filter by: how many are indexed. */
export const indexed = {
  OrdersMatched: 0,
  SchedulerNotice: 1,
  DealSponsored: 0,
  TaskInitialize: 2,
  TaskContribute: 2,
  TaskConsensus: 1,
  TaskReveal: 2,
  TaskReopen: 1,
  TaskFinalize: 1,
  TaskClaimed: 1,
  AccurateContribution: 2,
  FaultyContribution: 2,
  Lock: 0,
  Unlock: 0,
  Reward: 0,
  Seize: 0,
  CreateCategory: 0,
  Transfer: 2,
  Approval: 2,
} as const

/** Custom errors with a name of the original. */
export const hubErrors = {
  IncompatibleDatasetOrder: '0x0afd9382',
  UnsupportedOperation: '0xde6168e5',
  CallerIsNotTheRequester: '0x74a0583f',
  OperationFailed: '0x0364eed2',
} as const

/** EIP-712: typehash of each order. */
export const typehashes = {
  app: '0x60815a0eeec47dddf1615fe53b31d016c31444e01b9d796db365443a6445d008',
  dataset: '0x6cfc932a5a3d22c4359295b9f433edff52b60703fa47690a04a83e40933dd47c',
  workerpool: '0xaa3429fb281b34691803133d3d978a75bb77c617ed6bc9aa162b9b30920022bb',
  request: '0xf24e853034a3a450aba845a82914fbb564ad85accca6cf62be112a154520fae0',
} as const

/** What the hub's constant views answer. */
export const constants = {
  contribution_deadline_ratio: 7n,
  reveal_deadline_ratio: 2n,
  final_deadline_ratio: 10n,
  workerpool_stake_ratio: 30n,
  kitty_ratio: 10n,
  kitty_min: 1_000_000_000n,
  kitty_address: '0x99c2268479b93fDe36232351229815DF80837e23',
  groupmember_purpose: 4n,
  callbackgas: 200_000n,
  teebroker: '0x0000000000000000000000000000000000000000',
  decimals: 9,
  symbol: 'SRLC',
} as const

/** Fields of the structs that clients decode, in ABI order. */
export const structs = {
  viewDeal:
    'app.pointer,app.owner,app.price,dataset.pointer,dataset.owner,dataset.price,workerpool.pointer,workerpool.owner,workerpool.price,trust,category,tag,requester,beneficiary,callback,params,startTime,botFirst,botSize,workerStake,schedulerRewardRatio,sponsor',
  viewTask:
    'status,dealid,idx,timeref,contributionDeadline,revealDeadline,finalDeadline,consensusValue,revealCounter,winnerCounter,contributors,resultDigest,results,resultsTimestamp,resultsCallback',
  viewContribution: 'status,resultHash,resultSeal,enclaveChallenge,weight',
  viewAccount: 'stake,locked',
  viewCategory: 'name,description,workClockTimeRef',
  viewApp: 'owner,m_appName,m_appType,m_appMultiaddr,m_appChecksum,m_appMREnclave',
  viewDataset: 'owner,m_datasetName,m_datasetMultiaddr,m_datasetChecksum',
  viewWorkerpool:
    'owner,m_workerpoolDescription,m_workerStakeRatioPolicy,m_schedulerRewardRatioPolicy',
  domain: 'name,version,chainId,verifyingContract',
} as const
