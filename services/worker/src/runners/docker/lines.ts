/** Lines: a stream of text, line by line, however its chunks are cut. */

const MOST_CHARACTERS = 1_048_576

export async function* lines(from: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of from) {
    rest += decoder.decode(chunk, { stream: true })
    if (rest.length > MOST_CHARACTERS) throw new Error('a line without end')
    const parts = rest.split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) if (part.trim() !== '') yield part
  }
  if (rest.trim() !== '') yield rest
}
