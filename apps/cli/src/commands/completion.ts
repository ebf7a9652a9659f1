/** `traboule completion`: words for the shell to complete. */
import { AppError } from '@traboule/protocol'
import type { Command } from 'commander'
import type { Answer } from '../print.ts'
import type { Act } from '../program.ts'

export function add(program: Command, act: Act): void {
  program
    .command('completion <shell>')
    .description('completion for bash, zsh or fish: eval "$(traboule completion bash)"')
    .action(act(async (_session, _options, shell: string) => completion(program, shell)))
}

/** What may follow each noun, and the empty noun: everything after `traboule`. */
function wordsOf(program: Command): Map<string, readonly string[]> {
  const flags = (command: Command) => command.options.flatMap(({ long }) => long ?? [])
  const names = program.commands.map((command) => command.name())
  return new Map([
    ['', [...names, ...flags(program)]],
    ...program.commands.map((command): [string, string[]] => [
      command.name(),
      [...command.commands.map((each) => each.name()), ...flags(command)],
    ]),
  ])
}

function completion(program: Command, shell: string): Answer {
  const words = wordsOf(program)
  const write = { bash, zsh, fish }[shell]
  if (!write)
    throw new AppError('command/invalid', `"${shell}" is not a shell known here.`, {
      known: ['bash', 'zsh', 'fish'],
    })
  const script = write(words)
  return { json: { shell, script }, text: script }
}

type Words = ReadonlyMap<string, readonly string[]>

function bash(words: Words): string {
  const cases = [...words].filter(([noun]) => noun !== '')
  return [
    '_traboule() {',
    `  local word="\${COMP_WORDS[COMP_CWORD]}" noun="\${COMP_WORDS[1]}" known`,
    '  [ "$COMP_CWORD" -eq 1 ] && noun=""',
    '  case "$noun" in',
    ...cases.map(([noun, known]) => `    ${noun}) known="${known.join(' ')}" ;;`),
    `    *) known="${words.get('')?.join(' ')}" ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$known" -- "$word"))',
    `  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))`,
    '}',
    'complete -F _traboule traboule',
  ].join('\n')
}

const zsh = (words: Words) => `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`

function fish(words: Words): string {
  return [...words]
    .map(([noun, known]) => {
      const when = noun === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${noun}`
      return `complete -c traboule -n '${when}' -a '${known.join(' ')}'`
    })
    .join('\n')
}
