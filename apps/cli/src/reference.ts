/** Reference: the page that lists every command, made of what the commands say of themselves. */
import type { Argument, Command, Option } from 'commander'
import { statuses } from './exit.ts'

/** The whole of `docs/reference/cli.md`. */
export function referenceOf(program: Command): string {
  const sections = program.commands.flatMap((noun) => [
    `## ${noun.name()}`,
    sentence(noun),
    ...leavesOf(noun).map((command) => entry(command, program.name())),
  ])
  return [INTRODUCTION, options(program), EXIT, ...sections].join('\n\n').concat('\n')
}

const INTRODUCTION = `# The command line

Made by \`npx vitest run --project unit apps/cli --update\` from what the commands say of themselves:
correct it there. How networks and wallets are found is told in [apps/cli](../../apps/cli/README.md), what to do with all this in
[the guides](../guides/README.md).

## Every command`

const EXIT = [
  '## Exit status',
  rows(['status', 'meaning'], Object.entries(statuses)),
  'On a failure, stderr has a sentence, what to do about it, and a code to look it up by; with `--json`, one object.',
].join('\n\n')

/** A command without commands below it; a noun is not one. */
function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)
}

function entry(command: Command, program: string): string {
  const title = `### \`${program} ${pathOf(command)}\``
  const alone = command.parent?.parent === null // its noun has said it
  return [title, ...(alone ? [] : [sentence(command)]), options(command)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function pathOf(command: Command): string {
  const above = command.parent?.parent ? `${command.parent.name()} ` : ''
  const after = command.registeredArguments.map(argument).join(' ')
  return `${above}${command.name()} ${after}`.trimEnd()
}

const argument = (each: Argument) => (each.required ? `<${each.name()}>` : `[${each.name()}]`)

function sentence(command: Command): string {
  const text = command.description()
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function options(command: Command): string {
  const known = command.options.map((option) => [`\`${option.flags}\``, meaning(option)])
  return known.length === 0 ? '' : rows(['option', ''], known)
}

function meaning({ description, defaultValue, mandatory }: Option): string {
  const usual = defaultValue === undefined ? '' : ` (default: ${defaultValue})`
  return `${description}${usual}${mandatory ? ' (required)' : ''}`
}

function rows(headings: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), `|${headings.map(() => '---|').join('')}`, ...cells.map(line)].join('\n')
}
