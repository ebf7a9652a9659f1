/** What an app written in AssemblyScript needs of WASI preview 1: arguments, environment, files. */

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, size: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(pointers: usize, texts: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, texts: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(folder: i32, lookup: i32, path: usize, length: usize, flags: i32, rights: i64, inherited: i64, options: i32, fd: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_filestat_get")
declare function fd_filestat_get(fd: i32, stat: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, buffers: usize, count: i32, read: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, buffers: usize, count: i32, written: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: i32): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(buffer: usize, length: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void

const INPUT_FOLDER: i32 = 3
const OUTPUT_FOLDER: i32 = 4
const STDOUT: i32 = 1
const STDERR: i32 = 2
const MAY_READ: i64 = 1 << 1
const MAY_WRITE: i64 = 1 << 6
const CREATE_EMPTY: i32 = 1 | 8

/** Two words that the calls answer through. */
const answer = memory.data(16)
const stat = memory.data(64)

/** The arguments after the program's own name. */
export function args(): string[] {
  args_sizes_get(answer, answer + 4)
  const count = load<u32>(answer)
  const pointers = new StaticArray<u32>(count)
  const texts = new StaticArray<u8>(load<u32>(answer, 4))
  args_get(changetype<usize>(pointers), changetype<usize>(texts))
  const found: string[] = []
  for (let index: u32 = 1; index < count; index++)
    found.push(textAt(pointers[index]))
  return found
}

/** A variable of the environment, or `otherwise`. */
export function env(name: string, otherwise: string): string {
  environ_sizes_get(answer, answer + 4)
  const count = load<u32>(answer)
  const pointers = new StaticArray<u32>(count)
  const texts = new StaticArray<u8>(load<u32>(answer, 4))
  environ_get(changetype<usize>(pointers), changetype<usize>(texts))
  for (let index: u32 = 0; index < count; index++) {
    const variable = textAt(pointers[index])
    if (variable.startsWith(name + "=")) return variable.substring(name.length + 1)
  }
  return otherwise
}

/** A whole number from the environment, or `otherwise`. */
export function envInt(name: string, otherwise: i32): i32 {
  const text = env(name, "")
  return text.length == 0 ? otherwise : <i32>parseInt(text)
}

/** Names of the task's input files, in the order of the request. */
export function inputs(): string[] {
  const found: string[] = []
  const count = envInt("IEXEC_INPUT_FILES_NUMBER", 0)
  for (let index = 1; index <= count; index++)
    found.push(env("IEXEC_INPUT_FILE_NAME_" + index.toString(), ""))
  return found
}

/** The bytes of a file of `/iexec_in`. */
export function readInput(name: string): StaticArray<u8> {
  const fd = open(INPUT_FOLDER, name, 0, MAY_READ)
  check(fd_filestat_get(fd, stat), "examine " + name)
  const bytes = new StaticArray<u8>(<i32>load<u64>(stat, 32))
  let at = 0
  while (at < bytes.length) {
    store<usize>(answer, changetype<usize>(bytes) + at)
    store<u32>(answer, bytes.length - at, 4)
    check(fd_read(fd, answer, 1, answer + 8), "read " + name)
    const part = load<u32>(answer, 8)
    if (part == 0) break
    at += part
  }
  fd_close(fd)
  return bytes
}

/** Writes a file of `/iexec_out`. */
export function writeOutput(name: string, bytes: StaticArray<u8>): void {
  const fd = open(OUTPUT_FOLDER, name, CREATE_EMPTY, MAY_WRITE)
  write(fd, changetype<usize>(bytes), bytes.length, name)
  fd_close(fd)
}

/** Writes a text file of `/iexec_out`. */
export function writeText(name: string, text: string): void {
  const bytes = String.UTF8.encode(text)
  const fd = open(OUTPUT_FOLDER, name, CREATE_EMPTY, MAY_WRITE)
  write(fd, changetype<usize>(bytes), bytes.byteLength, name)
  fd_close(fd)
}

/** Declares which output counts: the same bytes on every machine. */
export function declareOutput(name: string): void {
  writeText("computed.json", '{"deterministic-output-path":"/iexec_out/' + name + '"}')
}

/** Writes a line to stdout. */
export function print(line: string): void {
  const bytes = String.UTF8.encode(line + "\n")
  write(STDOUT, changetype<usize>(bytes), bytes.byteLength, "stdout")
}

/** Ends the program with exit code 1 and a sentence on stderr. */
export function fail(sentence: string): void {
  const bytes = String.UTF8.encode(sentence + "\n")
  write(STDERR, changetype<usize>(bytes), bytes.byteLength, "stderr")
  proc_exit(1)
}

/** 64 random bits: the same for every worker of a task, different in every task. */
export function random64(): u64 {
  random_get(answer, 8)
  return load<u64>(answer)
}

/** A text that ends in NUL. */
function textAt(start: usize): string {
  let end = start
  while (load<u8>(end) != 0) end++
  return String.UTF8.decodeUnsafe(start, end - start)
}

function open(folder: i32, name: string, flags: i32, rights: i64): i32 {
  const path = String.UTF8.encode(name)
  const pointer = changetype<usize>(path)
  check(path_open(folder, 0, pointer, path.byteLength, flags, rights, rights, 0, answer), "open " + name)
  return load<i32>(answer)
}

function write(fd: i32, from: usize, length: i32, name: string): void {
  store<usize>(answer, from)
  store<u32>(answer, length, 4)
  check(fd_write(fd, answer, 1, answer + 8), "write " + name)
}

function check(errno: i32, what: string): void {
  if (errno != 0) fail("could not " + what + ": WASI error " + errno.toString())
}
