/**
 * Renders one tile of a picture by tracing light through a scene of spheres.
 *
 * Arguments: --size 640x360 --tiles 12. The scene is the task's first input file, or the JSON text
 * given as --scene. The tile is the task's index: a column of the picture, because columns cost
 * about the same everywhere. Writes /iexec_out/tile.ppm.
 */
import { args, declareOutput, env, envInt, fail, inputs, print, readInput, writeOutput } from "../../wasi/assembly/wasi"
import { Parser } from "./json"
import * as sampling from "./sample"
import * as scene from "./scene"
import * as shading from "./shade"

const FEW: i32 = 16
const MANY: i32 = 64
/** A pixel is done when its brightness is known this well, in steps of the screen's 256. */
const PRECISION: f32 = 1.6

let width: i32 = 640
let height: i32 = 360
let tiles: i32 = 12

/** The pixel being made. */
let sumR: f32 = 0, sumG: f32 = 0, sumB: f32 = 0
let bright: f32 = 0, squares: f32 = 0

/** The camera's axes, and what one pixel is wide. */
let rightX: f32 = 0, rightY: f32 = 0, rightZ: f32 = 0
let upX: f32 = 0, upY: f32 = 0, upZ: f32 = 0
let aheadX: f32 = 0, aheadY: f32 = 0, aheadZ: f32 = 0
let pixel: f32 = 0

function aim(): void {
  aheadX = scene.toX - scene.fromX, aheadY = scene.toY - scene.fromY, aheadZ = scene.toZ - scene.fromZ
  const length: f32 = 1 / Mathf.sqrt(aheadX * aheadX + aheadY * aheadY + aheadZ * aheadZ)
  aheadX *= length, aheadY *= length, aheadZ *= length
  const side: f32 = 1 / Mathf.sqrt(aheadX * aheadX + aheadZ * aheadZ)
  rightX = -aheadZ * side, rightY = 0, rightZ = aheadX * side
  upX = rightY * aheadZ - rightZ * aheadY, upY = rightZ * aheadX - rightX * aheadZ, upZ = rightX * aheadY - rightY * aheadX
  pixel = (2 * Mathf.tan((scene.fov * Mathf.PI) / 360)) / <f32>height
}

/** Weights the middle of the pixel more than its rim. */
function tent(value: f32): f32 {
  return value < 0.5 ? Mathf.sqrt(2 * value) - 1 : 1 - Mathf.sqrt(2 - 2 * value)
}

function look(column: i32, row: i32): void {
  const across = (<f32>column + 0.5 + 0.75 * tent(sampling.sample(0)) - 0.5 * <f32>width) * pixel
  const down = (<f32>row + 0.5 + 0.75 * tent(sampling.sample(1)) - 0.5 * <f32>height) * pixel
  let u = aheadX + rightX * across - upX * down
  let v = aheadY + rightY * across - upY * down
  let w = aheadZ + rightZ * across - upZ * down
  const spread = scene.aperture * Mathf.sqrt(sampling.sample(2)), turn = sampling.sample(3)
  const i = spread * shading.cosOf(turn), j = spread * shading.sinOf(turn)
  const x = rightX * i + upX * j, y = rightY * i + upY * j, z = rightZ * i + upZ * j
  u -= x / scene.focus, v -= y / scene.focus, w -= z / scene.focus
  const length: f32 = 1 / Mathf.sqrt(u * u + v * v + w * w)
  shading.radiance(scene.fromX + x, scene.fromY + y, scene.fromZ + z, u * length, v * length, w * length, 0, 1)
  // Averaged as the screen will show it: a rare flash cannot outshine its pixel.
  const r = film(shading.red), g = film(shading.green), b = film(shading.blue)
  const light: f32 = 0.3 * r + 0.59 * g + 0.11 * b
  sumR += r, sumG += g, sumB += b
  bright += light
  squares += light * light
}

/** Exposure and a film's soft shoulder (the fit of ACES by Narkowicz), then the screen's curve. */
function film(light: f32): f32 {
  const x = max<f32>(0, light) * scene.exposure
  const y = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
  return curve(min<f32>(1, y))
}

const STEPS: i32 = 4096
const screen = new StaticArray<f32>(STEPS + 2)

function curve(value: f32): f32 {
  const place = value * <f32>STEPS
  const index = <i32>place
  const low = unchecked(screen[index])
  return low + (unchecked(screen[index + 1]) - low) * (place - <f32>index)
}

function develop(): void {
  for (let index = 0; index < STEPS + 2; index++) {
    const value = <f32>index / <f32>STEPS
    screen[index] = value <= 0.0031308 ? 12.92 * value : 1.055 * Mathf.pow(value, 1 / 2.4) - 0.055
  }
}

function paint(column: i32, row: i32): void {
  sumR = sumG = sumB = bright = squares = 0
  sampling.enter(column, row)
  let count = 0
  while (count < MANY) {
    for (let left = FEW; left > 0; left--) {
      look(column, row)
      sampling.advance()
    }
    count += FEW
    const mean = bright / <f32>count
    const spread = max<f32>(0, squares / <f32>count - mean * mean)
    if (Mathf.sqrt(spread / <f32>count) * 255 < PRECISION) break
  }
  const scale: f32 = 1 / <f32>count
  sumR *= scale, sumG *= scale, sumB *= scale
}

function byte(value: f32): u8 {
  return <u8>min<f32>(255, max<f32>(0, value * 255 + 0.5))
}

function render(tile: i32): void {
  const left = (width * tile) / tiles, right = (width * (tile + 1)) / tiles
  const header = String.UTF8.encode("P6\n" + (right - left).toString() + " " + height.toString() + "\n255\n")
  const image = new StaticArray<u8>(header.byteLength + (right - left) * height * 3)
  memory.copy(changetype<usize>(image), changetype<usize>(header), header.byteLength)
  let at = header.byteLength
  for (let row = 0; row < height; row++)
    for (let column = left; column < right; column++) {
      paint(column, row)
      image[at++] = byte(sumR)
      image[at++] = byte(sumG)
      image[at++] = byte(sumB)
    }
  writeOutput("tile.ppm", image)
}

function readArguments(): string {
  const given = args()
  let text = ""
  for (let index = 0; index + 1 < given.length; index += 2) {
    const value = given[index + 1]
    if (given[index] == "--tiles") tiles = <i32>parseInt(value)
    else if (given[index] == "--scene") text = value
    else if (given[index] == "--size") {
      const cross = value.indexOf("x")
      width = <i32>parseInt(value.substring(0, cross))
      height = <i32>parseInt(value.substring(cross + 1))
    } else fail("There is no option " + given[index] + ".")
  }
  if (width < 16 || height < 16 || width > 8192 || height > 8192) fail("--size is from 16x16 to 8192x8192.")
  if (tiles < 1 || tiles > width) fail("--tiles is from 1 to the width of the picture.")
  return text
}

function main(): void {
  let text = readArguments()
  const files = inputs()
  if (files.length > 0) {
    const bytes = readInput(files[0])
    text = String.UTF8.decodeUnsafe(changetype<usize>(bytes), bytes.length)
  }
  if (text.length == 0) fail("Give a scene: an input file, or --scene with its JSON.")
  const parser = new Parser(text)
  const parsed = parser.parse()
  if (parser.failed) fail("The scene is not JSON, at character " + parser.at.toString() + ".")
  scene.load_(parsed)
  sampling.prepare()
  shading.prepare()
  shading.aim()
  develop()
  aim()
  const tile = envInt("IEXEC_BOT_TASK_INDEX", 0) % tiles
  render(tile)
  declareOutput("tile.ppm")
  print("tile " + (tile + 1).toString() + " of " + tiles.toString() + " of task " + env("IEXEC_TASK_ID", "none"))
}

main()
