/** A value of a JSON text that was already checked elsewhere; what is missing has a default. */
export class Json {
  number: f32 = 0
  text: string = ""
  items: Json[] = []
  keys: string[] = []

  /** The member called `key`, or null. */
  get(key: string): Json | null {
    const at = this.keys.indexOf(key)
    return at < 0 ? null : this.items[at]
  }

  num(key: string, otherwise: f32): f32 {
    const found = this.get(key)
    return found ? found.number : otherwise
  }

  str(key: string, otherwise: string): string {
    const found = this.get(key)
    return found ? found.text : otherwise
  }

  list(key: string): Json[] {
    const found = this.get(key)
    return found ? found.items : []
  }

  /** One of three coordinates. */
  axis(key: string, index: i32, otherwise: f32): f32 {
    const items = this.list(key)
    return index < items.length ? items[index].number : otherwise
  }

  /** One of the three channels of a colour such as `#ff8800`, in linear light. */
  channel(key: string, index: i32, otherwise: string): f32 {
    return channelOf(this.str(key, otherwise), index)
  }
}

/** A channel of `#rrggbb`, from the screen's curve to linear light. */
export function channelOf(color: string, index: i32): f32 {
  const value = <f32>parseInt(color.substring(1 + 2 * index, 3 + 2 * index), 16) / 255
  return value <= 0.04045 ? value / 12.92 : Mathf.pow((value + 0.055) / 1.055, 2.4)
}

/** Parses a text; when it `failed`, `at` is where. */
export class Parser {
  at: i32 = 0
  failed: bool = false

  constructor(private text: string) {}

  parse(): Json {
    const value = this.value(0)
    this.blank()
    if (this.at < this.text.length) this.failed = true
    return value
  }

  private blank(): void {
    while (this.at < this.text.length && this.text.charCodeAt(this.at) <= 32) this.at++
  }

  private take(char: i32): bool {
    this.blank()
    if (this.at >= this.text.length || this.text.charCodeAt(this.at) != char) return false
    this.at++
    return true
  }

  private value(depth: i32): Json {
    const value = new Json()
    if (depth > 16) this.failed = true
    if (this.failed) return value
    if (this.take(0x7b)) this.members(value, depth, 0x7d, true)
    else if (this.take(0x5b)) this.members(value, depth, 0x5d, false)
    else if (this.take(0x22)) value.text = this.string()
    else this.word(value)
    return value
  }

  private members(into: Json, depth: i32, end: i32, named: bool): void {
    if (this.take(end)) return
    while (!this.failed) {
      if (named) {
        if (!this.take(0x22)) break
        into.keys.push(this.string())
        if (!this.take(0x3a)) break
      }
      into.items.push(this.value(depth + 1))
      if (this.failed) return
      if (this.take(end)) return
      if (!this.take(0x2c)) break
    }
    this.failed = true
  }

  /** Escapes other than the quote and the backslash stay as they are: no name needs them. */
  private string(): string {
    const start = this.at
    while (this.at < this.text.length) {
      const char = this.text.charCodeAt(this.at++)
      if (char == 0x22) return this.text.substring(start, this.at - 1)
      if (char == 0x5c) this.at++
    }
    this.failed = true
    return ""
  }

  private word(value: Json): void {
    this.blank()
    const start = this.at
    while (this.at < this.text.length && isWord(this.text.charCodeAt(this.at))) this.at++
    const word = this.text.substring(start, this.at)
    if (word == "true" || word == "false" || word == "null") value.number = word == "true" ? 1 : 0
    else {
      value.number = <f32>parseFloat(word)
      if (word.length == 0 || isNaN(value.number)) this.failed = true
    }
  }
}

function isWord(char: i32): bool {
  return (char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39) || char == 0x2d || char == 0x2b || char == 0x2e || char == 0x45
}
