/** Badge: a state in one word, with a colour that only repeats what the word says. */
const tones: Readonly<Record<string, string>> = {
  waiting: 'quiet',
  unset: 'quiet',
  active: 'busy',
  computing: 'busy',
  revealing: 'busy',
  agrees: 'busy',
  completed: 'good',
  agreed: 'good',
  open: 'good',
  failed: 'bad',
  disagrees: 'bad',
  silent: 'bad',
  dead: 'bad',
}

/** Words that people read, where the chain's own say less. */
const words: Readonly<Record<string, string>> = { unset: 'waiting', active: 'computing' }

export function Badge({ state }: Readonly<{ state: string }>) {
  return <span className={`badge ${tones[state] ?? 'quiet'}`}>{words[state] ?? state}</span>
}
