/**
 * Seccomp: which calls of the kernel programs may not make, as a filter that the kernel runs.
 *
 * What is refused is what a program that computes has no use for and that has been a way out
 * before: mounting, namespaces, keys, tracing, loading code into the kernel, new ways of I/O. Calls
 * newer than this table do not exist for programs, so that a new kernel is not a new freedom.
 */

/** Numbers by name, for x86-64 and for arm64; -1 where a processor lacks the call. */
const refused: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  acct: [163, 89],
  add_key: [248, 217],
  bpf: [321, 280],
  clock_adjtime: [305, 266],
  clock_settime: [227, 112],
  delete_module: [176, 106],
  fanotify_init: [300, 262],
  finit_module: [313, 273],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  init_module: [175, 105],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  ioperm: [173, -1],
  iopl: [172, -1],
  kcmp: [312, 272],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  lookup_dcookie: [212, 18],
  mbind: [237, 235],
  migrate_pages: [256, 238],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  move_pages: [279, 239],
  name_to_handle_at: [303, 264],
  nfsservctl: [180, 42],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  perf_event_open: [298, 241],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_madvise: [440, 440],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  request_key: [249, 218],
  set_mempolicy: [238, 237],
  setdomainname: [171, 162],
  sethostname: [170, 161],
  setns: [308, 268],
  settimeofday: [164, 170],
  swapoff: [168, 225],
  swapon: [167, 224],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  userfaultfd: [323, 282],
  uselib: [134, -1],
  vhangup: [153, 58],
}

/** The newest call that this table knows of (Linux 6.6). */
const NEWEST = 453
/** Calls whose arguments decide: a new namespace, a socket out of this world, input for a terminal. */
const judged = { clone: [56, 220], clone3: [435, 435], socket: [41, 198], ioctl: [16, 29] } as const

/** CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID and NET. */
const NEW_NAMESPACE = 0x7e020000
/** AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK. */
const FAMILIES = [1, 2, 10, 16]
/** TIOCSTI and TIOCLINUX, which type for whoever reads the terminal. */
const TYPING = [0x5412, 0x541c]

const ARCHITECTURES = { x64: [0xc000003e, 0], arm64: [0xc00000b7, 1] } as const

const ALLOW = 0x7fff0000
const KILL = 0x80000000
const EPERM = 0x00050001
const ENOSYS = 0x00050026
const EAFNOSUPPORT = 0x00050061

/** Offsets into what the kernel shows a filter. */
const NUMBER = 0
const ARCHITECTURE = 4
const argument = (index: number) => 16 + 8 * index

const LOAD = 0x20
const EQUAL = 0x15
const GREATER = 0x25
const ANY_BIT = 0x45
const RETURN = 0x06

type Step = readonly [code: number, value: number, ifSo?: number, ifNot?: number]

/** The filter in the kernel's form, for `bwrap --seccomp`; undefined for other processors. */
export function filterFor(machine: string): Buffer | undefined {
  if (machine !== 'x64' && machine !== 'arm64') return undefined
  const [architecture, column] = ARCHITECTURES[machine]
  const steps: Step[] = [
    [LOAD, ARCHITECTURE],
    [EQUAL, architecture, 1, 0],
    [RETURN, KILL],
    [LOAD, NUMBER],
    // The calls of x32 are the same ones under other numbers.
    ...unless([GREATER, NEWEST], ENOSYS),
    ...unless([EQUAL, judged.clone3[column]], ENOSYS), // its flags are out of a filter's sight
    ...Object.values(refused)
      .map((numbers) => numbers[column] ?? -1)
      .filter((number) => number >= 0)
      .flatMap((number) => unless([EQUAL, number], EPERM)),
    ...call(judged.clone[column], 0, unless([ANY_BIT, NEW_NAMESPACE], EPERM)),
    ...call(
      judged.ioctl[column],
      1,
      TYPING.flatMap((typing) => unless([EQUAL, typing], EPERM)),
    ),
    ...call(judged.socket[column], 0, [
      ...FAMILIES.flatMap((family) => unless([EQUAL, family], ALLOW)),
      [RETURN, EAFNOSUPPORT],
    ]),
    [RETURN, ALLOW],
  ]
  return Buffer.concat(steps.map(encoded))
}

/** Gives `answer` where the condition holds, and goes on where not. */
function unless([code, value]: readonly [number, number], answer: number): Step[] {
  return [
    [code, value, 0, 1],
    [RETURN, answer],
  ]
}

/** What to look at of one call; its steps see the argument. */
function call(number: number, index: number, steps: readonly Step[]): Step[] {
  const inside: Step[] = [[LOAD, argument(index)], ...steps, [RETURN, ALLOW]]
  return [[EQUAL, number, 0, inside.length], ...inside]
}

function encoded([code, value, ifSo = 0, ifNot = 0]: Step): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(ifSo, 2)
  bytes.writeUInt8(ifNot, 3)
  bytes.writeUInt32LE(value, 4)
  return bytes
}
