import { readFile } from 'node:fs/promises'
import { AppError } from '@traboule/protocol'
import { PNG } from 'pngjs'
import { expect, test } from 'vitest'
import { run } from '../../run.ts'
import { argumentsFor, assemble, type Picture } from '../assemble.ts'
import { parseScene } from '../scene.ts'

const scene = await readFile(new URL('../scene.json', import.meta.url), 'utf8')

async function render(picture: Picture): Promise<PNG> {
  const tiles: Uint8Array[] = []
  for (let index = 0; index < picture.tiles; index++) {
    const args = argumentsFor(picture).split(' ')
    const { exitCode, files } = await run('render', {
      args,
      index,
      inputs: { 'scene.json': scene },
    })
    expect(exitCode).toBe(0)
    tiles.push(files.get('tile.ppm') ?? new Uint8Array())
  }
  return PNG.sync.read(Buffer.from(assemble(tiles, picture)))
}

test('makes the same picture whole or in tiles, so that no seam shows', async () => {
  const whole = await render({ width: 101, height: 57, tiles: 1 })
  const tiled = await render({ width: 101, height: 57, tiles: 7 })
  expect(tiled.data.equals(whole.data)).toBe(true)
  const average = whole.data.reduce((sum, byte) => sum + byte, 0) / whole.data.length
  expect(average).toBeGreaterThan(80)
})

test('takes the scene as an argument too, and says what is wrong with one', async () => {
  const size = ['--size', '16x16', '--tiles', '1']
  expect((await run('render', { args: [...size, '--scene', scene] })).exitCode).toBe(0)
  const wrong = async (...args: string[]) => {
    const { exitCode, stderr } = await run('render', { args: [...size, ...args] })
    return `${exitCode} ${new TextDecoder().decode(stderr)}`
  }
  expect(await wrong()).toBe('1 Give a scene: an input file, or --scene with its JSON.\n')
  expect(await wrong('--scene', '{"a":}')).toBe('1 The scene is not JSON, at character 5.\n')
  expect(await wrong('--size', '1x1')).toBe('1 --size is from 16x16 to 8192x8192.\n')
  expect(await wrong('--colour', 'red')).toBe('1 There is no option --colour.\n')
})

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

test('names the line and column of a mistake in a scene', () => {
  expect(refusal(() => parseScene(scene, 'scene.json'))).toBe('accepted')
  const refused = (text: string) => refusal(() => parseScene(text, 's.json'))
  expect([
    refused(''),
    refused('{\n  "camera": {,\n}'),
    refused('{"a": 1,}'),
    refused('{"a": [1 2]}'),
    refused('{"a": 01}'),
    refused("{'a': 1}"),
    refused('{"a": "unclosed}'),
    refused('{"a": 1}}'),
    refused('{"a": [1}'),
    refused('[]'),
    refused(scene.replace('"metal"', '"wood"')),
    refused(scene.replace('"radius": 1.25', '"radius": -1')),
    refused(scene.replace('"count": 150', '"count": 15000')),
  ]).toMatchInlineSnapshot(`
    [
      "file/malformed: s.json:1:1 is not JSON: the text ends where something else must be.",
      "file/malformed: s.json:2:14 is not JSON: found "," where something else must be.",
      "file/malformed: s.json:1:9 is not JSON: found "}" where something else must be.",
      "file/malformed: s.json:1:10 is not JSON: found "2" where something else must be.",
      "file/malformed: s.json:1:7 is not JSON: found "0" where something else must be.",
      "file/malformed: s.json:1:2 is not JSON: found "'" where something else must be.",
      "file/malformed: s.json:1:7 is not JSON: found "\\"" where something else must be.",
      "file/malformed: s.json:1:9 is not JSON: found "}" where something else must be.",
      "file/malformed: s.json:1:9 is not JSON: found "}" where something else must be.",
      "file/malformed: s.json: the scene: Invalid input: expected object, received array.",
      "file/malformed: s.json: spheres.0.material: Invalid option: expected one of "diffuse"|"metal"|"glass".",
      "file/malformed: s.json: spheres.0.radius: Too small: expected number to be >0.",
      "file/malformed: s.json: spirals.0.count: Too big: expected number to be <=512.",
    ]
  `)
})

test('finds a mistake exactly where the language does', () => {
  const isJson = (text: string) => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
  for (let at = 0; at < scene.length; at += 3)
    for (const change of ['', '"', '}', 'x', '1']) {
      const text = scene.slice(0, at) + change + scene.slice(at + 1)
      const refused = refusal(() => parseScene(text, 's.json'))
      expect(!refused.includes('is not JSON'), text.slice(Math.max(0, at - 9), at + 9)).toBe(
        isJson(text),
      )
    }
})

test('refuses tiles that are not of the picture', () => {
  const picture = { width: 32, height: 16, tiles: 2 }
  expect(() => assemble([new Uint8Array()], picture)).toThrow('1 of 2 tiles are there.')
  expect(() => assemble([new Uint8Array(9), new Uint8Array(9)], picture)).toThrow(AppError)
})
