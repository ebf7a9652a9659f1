/**
 * Counts the words of the task's input files and datasets, and writes them sorted to counts.json.
 *
 * A word is a run of letters and digits in UTF-8, with apostrophes inside; ASCII letters become
 * lower case. Outside ASCII everything but punctuation counts as a letter, so words of every
 * alphabet stay whole.
 */
import { declareOutput, env, envInt, fail, inputs, print, readInput, writeText } from "../../wasi/assembly/wasi"

const APOSTROPHE: u8 = 0x27

/** Open addressing: where a word first stood, how long it is, how often it came. */
let slots: i32 = 1 << 14
let starts = new StaticArray<usize>(slots)
let lengths = new StaticArray<i32>(slots)
let counts = new StaticArray<u32>(slots)
let distinct: i32 = 0
let total: u64 = 0

/** Whether the byte at `at` continues a sequence of UTF-8. */
function continues(at: usize, end: usize): bool {
  return at < end && (load<u8>(at) & 0xc0) == 0x80
}

/** Bytes of the letter that stands at `at`; 0 when it is none. */
function letter(at: usize, end: usize): usize {
  const byte = load<u8>(at)
  if (byte < 0x80) return usize((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a))
  if (!continues(at + 1, end)) return 0
  const second = load<u8>(at + 1)
  if (byte >= 0xc2 && byte < 0xe0) return byte == 0xc2 ? 0 : 2 // U+0080 to U+00BF are signs
  if (!continues(at + 2, end)) return 0
  if (byte >= 0xe0 && byte < 0xf0) {
    const long = byte == 0xe0 && second < 0xa0, surrogate = byte == 0xed && second >= 0xa0
    const sign = (byte == 0xe2 && second < 0x82) || (byte == 0xe3 && second == 0x80)
    return long || surrogate || sign ? 0 : 3
  }
  const beyond = byte > 0xf4 || (byte == 0xf0 && second < 0x90) || (byte == 0xf4 && second >= 0x90)
  return byte < 0xf0 || beyond || !continues(at + 3, end) ? 0 : 4
}

function find(start: usize, length: i32): i32 {
  let hash: u32 = 2166136261
  for (let at = 0; at < length; at++) hash = (hash ^ load<u8>(start + at)) * 16777619
  let slot = <i32>(hash & <u32>(slots - 1))
  while (lengths[slot] != 0) {
    if (lengths[slot] == length && memory.compare(starts[slot], start, length) == 0) return slot
    slot = (slot + 1) & (slots - 1)
  }
  return slot
}

function add(start: usize, length: i32, times: u32): void {
  const slot = find(start, length)
  if (lengths[slot] == 0) {
    starts[slot] = start
    lengths[slot] = length
    if (++distinct * 2 > slots) {
      counts[slot] += times
      return widen()
    }
  }
  counts[slot] += times
}

function widen(): void {
  const oldStarts = starts, oldLengths = lengths, oldCounts = counts, old = slots
  slots *= 4
  starts = new StaticArray<usize>(slots)
  lengths = new StaticArray<i32>(slots)
  counts = new StaticArray<u32>(slots)
  for (let slot = 0; slot < old; slot++) {
    if (oldLengths[slot] == 0) continue
    const to = find(oldStarts[slot], oldLengths[slot])
    starts[to] = oldStarts[slot]
    lengths[to] = oldLengths[slot]
    counts[to] = oldCounts[slot]
  }
}

/** Bytes of an apostrophe, straight or curly, that has a letter behind it; 0 when there is none. */
function joint(at: usize, end: usize): usize {
  const curly = at + 2 < end && load<u8>(at) == 0xe2 && load<u8>(at + 1) == 0x80 && load<u8>(at + 2) == 0x99
  const length: usize = curly ? 3 : load<u8>(at) == APOSTROPHE ? 1 : 0
  return length > 0 && at + length < end && letter(at + length, end) > 0 ? length : 0
}

/** Where the word that starts at `start` ends, with its letters made lower case. */
function endOf(start: usize, end: usize): usize {
  let at = start
  while (at < end) {
    const byte = load<u8>(at)
    if (byte >= 0x41 && byte <= 0x5a) store<u8>(at, byte + 32)
    let length = letter(at, end)
    if (length == 0) length = joint(at, end)
    if (length == 0) break
    at += length
  }
  return at
}

/** Words stay where they stand in the file, which stays in memory. */
function count(bytes: StaticArray<u8>): void {
  let at = changetype<usize>(bytes)
  const end = at + bytes.length
  while (at < end) {
    const start = at
    if (letter(at, end) == 0) {
      at++
      continue
    }
    at = endOf(start, end)
    add(start, <i32>(at - start), 1)
    total++
  }
}

function word(slot: i32): string {
  return String.UTF8.decodeUnsafe(starts[slot], lengths[slot])
}

/** The most frequent first; equals in the order of their bytes. */
function before(a: i32, b: i32): i32 {
  if (counts[a] != counts[b]) return counts[a] > counts[b] ? -1 : 1
  const common = memory.compare(starts[a], starts[b], min(lengths[a], lengths[b]))
  return common != 0 ? common : lengths[a] - lengths[b]
}

function report(): string {
  const order: i32[] = []
  for (let slot = 0; slot < slots; slot++) if (lengths[slot] != 0) order.push(slot)
  order.sort(before)
  const lines: string[] = []
  for (let index = 0; index < order.length; index++)
    lines.push('    "' + word(order[index]) + '": ' + counts[order[index]].toString())
  const body = lines.length == 0 ? "{}" : "{\n" + lines.join(",\n") + "\n  }"
  return '{\n  "words": ' + total.toString() + ',\n  "distinct": ' + distinct.toString() + ',\n  "counts": ' + body + "\n}\n"
}

function main(): void {
  const files = inputs()
  const dataset = env("IEXEC_DATASET_FILENAME", "")
  if (dataset != "") files.push(dataset)
  const datasets = envInt("IEXEC_BULK_SLICE_SIZE", 0)
  for (let n = 1; n <= datasets; n++) {
    const each = env("IEXEC_DATASET_" + n.toString() + "_FILENAME", "")
    if (each != "") files.push(each)
  }
  if (files.length == 0) return fail("Give at least one text file as input, or a dataset.")
  for (let index = 0; index < files.length; index++) count(readInput(files[index]))
  writeText("counts.json", report())
  declareOutput("counts.json")
  print(total.toString() + " words, " + distinct.toString() + " distinct, in " + files.length.toString() + " files")
}

main()
