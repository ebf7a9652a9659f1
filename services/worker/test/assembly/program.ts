/** A program that does what its first argument says, well or badly. */
import { args, random64, writeText, declareOutput } from "../../../../examples/wasi/assembly/wasi"

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(folder: i32, lookup: i32, path: usize, length: usize, flags: i32, rights: i64, inherited: i64, options: i32, fd: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_create_directory")
declare function path_create_directory(folder: i32, path: usize, length: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_unlink_file")
declare function path_unlink_file(folder: i32, path: usize, length: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_symlink")
declare function path_symlink(to: usize, toLength: usize, folder: i32, path: usize, length: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, buffers: usize, count: i32, written: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, buffers: usize, count: i32, read: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_seek")
declare function fd_seek(fd: i32, offset: i64, from: i32, at: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: i32): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_readdir")
declare function fd_readdir(fd: i32, buffer: usize, length: usize, cookie: i64, used: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_prestat_dir_name")
declare function fd_prestat_dir_name(fd: i32, at: usize, length: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_prestat_get")
declare function fd_prestat_get(fd: i32, at: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: i32, precision: i64, at: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "poll_oneoff")
declare function poll_oneoff(from: usize, to: usize, count: i32, at: usize): i32
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void
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

const IN: i32 = 3
const OUT: i32 = 4
const CREATE: i32 = 1
const TRUNCATE: i32 = 8
const READ: i64 = 1 << 1
const WRITE: i64 = 1 << 6
const BUFFER: i32 = 65_536

const answer = memory.data(16)
const subscription = memory.data(48)
const event = memory.data(32)
const buffer = memory.data(BUFFER)

function open(folder: i32, name: string, flags: i32, rights: i64): i32 {
  const path = String.UTF8.encode(name)
  const errno = path_open(folder, 0, changetype<usize>(path), path.byteLength, flags, rights, rights, 0, answer)
  return errno == 0 ? load<i32>(answer) : -errno
}

function put(fd: i32, from: usize, length: i32): i32 {
  store<usize>(answer, from)
  store<u32>(answer, length, 4)
  return fd_write(fd, answer, 1, answer + 8)
}

function say(fd: i32, text: string): void {
  const bytes = String.UTF8.encode(text)
  put(fd, changetype<usize>(bytes), bytes.byteLength)
}

function read(fd: i32): string {
  store<usize>(answer, buffer)
  store<u32>(answer, BUFFER, 4)
  fd_read(fd, answer, 1, answer + 8)
  return String.UTF8.decodeUnsafe(buffer, load<u32>(answer, 8))
}

function now(clock: i32): u64 {
  clock_time_get(clock, 0, answer)
  return load<u64>(answer)
}

/** Texts as the host lays them out: NUL-ended, one after the other. */
function texts(sizes: (count: usize, size: usize) => i32, get: (pointers: usize, texts: usize) => i32): string {
  sizes(answer, answer + 4)
  const size = load<u32>(answer, 4)
  const start = heap.alloc(size)
  get(heap.alloc(4 * load<u32>(answer)), start)
  for (let at = start; at < start + size; at++) if (load<u8>(at) == 0) store<u8>(at, 32)
  return String.UTF8.decodeUnsafe(start, size - 1)
}

function preopened(fd: i32): string {
  fd_prestat_get(fd, answer)
  const length = load<u32>(answer, 4)
  fd_prestat_dir_name(fd, buffer, length)
  return String.UTF8.decodeUnsafe(buffer, length)
}

function tell(): void {
  say(1, texts((a: usize, b: usize) => args_sizes_get(a, b), (a: usize, b: usize) => args_get(a, b)) + "\n")
  say(1, texts((a: usize, b: usize) => environ_sizes_get(a, b), (a: usize, b: usize) => environ_get(a, b)) + "\n")
  say(1, preopened(IN) + " " + preopened(OUT) + (fd_prestat_get(5, answer) == 8 ? "" : " more") + "\n")
  say(1, read(open(IN, "dir/in.txt", 0, READ)) + "\n")
}

function write(path: string, text: string): void {
  const slash = path.indexOf("/")
  const folder = String.UTF8.encode(path.substring(0, slash))
  path_create_directory(OUT, changetype<usize>(folder), folder.byteLength)
  writeText(path, text)
  declareOutput(path)
  say(2, "wrote\n")
}

function world(): void {
  say(1, (now(0) / 1_000_000_000).toString() + " " + now(1).toString() + "\n")
  for (let left = 0; left < 100; left++) say(1, random64().toString(16) + "\n")
  writeText("random.txt", random64().toString())
}

function subscribe(nanoseconds: u64): void {
  memory.fill(subscription, 0, 48)
  store<u32>(subscription, 1, 16)
  store<u64>(subscription, nanoseconds, 24)
}

function sleep(seconds: u64): void {
  subscribe(seconds * 1_000_000_000)
  poll_oneoff(subscription, event, 1, answer)
  say(1, (now(0) / 1_000_000_000).toString() + "\n")
}

function poll(): void {
  subscribe(1)
  poll_oneoff(subscription, event, 1, answer)
}

function spoil(name: string): void {
  const path = String.UTF8.encode(name)
  say(1, (-open(IN, name, 0, READ | WRITE)).toString() + " ")
  say(1, (-open(IN, name, TRUNCATE, READ)).toString() + " ")
  say(1, path_unlink_file(IN, changetype<usize>(path), path.byteLength).toString() + "\n")
}

function huge(length: u64): void {
  const fd = open(OUT, "huge", CREATE, WRITE)
  for (let done: u64 = 0; done < length; done += BUFFER) put(fd, buffer, BUFFER)
}

function sparse(length: u64): void {
  const fd = open(OUT, "sparse", CREATE, WRITE)
  fd_seek(fd, length, 0, answer)
  put(fd, buffer, 1)
}

function files(count: i32): void {
  for (let index = 0; index < count; index++) fd_close(open(OUT, index.toString(), CREATE, WRITE))
}

function folders(count: i32): void {
  for (let index = 0; index < count; index++) {
    const path = String.UTF8.encode(index.toString())
    path_create_directory(OUT, changetype<usize>(path), path.byteLength)
  }
}

/** Keeps what it unlinks open, so that no listing shows it. */
function hoard(count: i32): void {
  const path = String.UTF8.encode("hidden")
  for (let index = 0; index < count; index++) {
    const fd = open(OUT, "hidden", CREATE, WRITE)
    put(fd, buffer, BUFFER)
    path_unlink_file(OUT, changetype<usize>(path), path.byteLength)
  }
}

function recurse(depth: i32): i32 {
  return depth < 0 ? 0 : 1 + recurse(depth + 1) + recurse(depth + 2)
}

function symlink(to: string, name: string): void {
  const target = String.UTF8.encode(to)
  const path = String.UTF8.encode(name)
  const errno = path_symlink(changetype<usize>(target), target.byteLength, OUT, changetype<usize>(path), path.byteLength)
  say(1, errno.toString() + "\n")
}

/** Lists the input folder through a buffer of `size` bytes, as a careful program must. */
function listing(size: i32): void {
  let cookie: i64 = 0
  while (true) {
    fd_readdir(IN, buffer, size, cookie, answer)
    const used: usize = load<u32>(answer)
    let at: usize = 0
    while (at + 24 <= used) {
      const length: usize = load<u32>(buffer + at, 16)
      if (at + 24 + length > used) break
      say(1, String.UTF8.decodeUnsafe(buffer + at + 24, length) + "\n")
      cookie = load<i64>(buffer + at)
      at += 24 + length
    }
    if (used < <usize>size) return
  }
}

function main(): void {
  const given = args()
  const verb = given.length > 0 ? given[0] : ""
  const first = given.length > 1 ? given[1] : ""
  const number = first.length > 0 ? parseFloat(first) : 0
  if (verb == "tell") tell()
  else if (verb == "write") write(first, given[2])
  else if (verb == "exit") proc_exit(<i32>number)
  else if (verb == "world") world()
  else if (verb == "sleep") sleep(<u64>number)
  else if (verb == "spoil") spoil(first)
  else if (verb == "loop") while (true) store<u32>(answer, load<u32>(answer) + 1)
  else if (verb == "poll") while (true) poll()
  else if (verb == "memory") while (true) store<u8>(heap.alloc(1_000_000), 1)
  else if (verb == "huge") huge(<u64>number)
  else if (verb == "sparse") sparse(<u64>number)
  else if (verb == "files") files(<i32>number)
  else if (verb == "folders") folders(<i32>number)
  else if (verb == "hoard") hoard(<i32>number)
  else if (verb == "stdout") while (true) put(1, buffer, 1_000)
  else if (verb == "open") say(1, open(OUT, first, 0, READ).toString())
  else if (verb == "trap") unreachable()
  else if (verb == "recurse") proc_exit(recurse(0))
  else if (verb == "symlink") symlink(first, given[2])
  else if (verb == "list") listing(<i32>number)
}

main()
