/** Assemble: puts the tiles of a picture side by side. */
import { AppError } from '@traboule/protocol'
import { PNG } from 'pngjs'

export type Picture = Readonly<{ width: number; height: number; tiles: number }>

/** The arguments of the app for a picture. */
export function argumentsFor({ width, height, tiles }: Picture): string {
  return `--size ${width}x${height} --tiles ${tiles}`
}

/** The picture as PNG, from the `tile.ppm` of every task in order. Throws `result/malformed`. */
export function assemble(tiles: readonly Uint8Array[], picture: Picture): Uint8Array {
  const { width, height } = picture
  if (tiles.length !== picture.tiles)
    throw new AppError('result/malformed', `${tiles.length} of ${picture.tiles} tiles are there.`)
  const png = new PNG({ width, height, colorType: 2 })
  tiles.forEach((tile, index) => {
    const left = Math.floor((width * index) / picture.tiles)
    const right = Math.floor((width * (index + 1)) / picture.tiles)
    paste(pixelsOf(tile, right - left, height), png, left)
  })
  return new Uint8Array(PNG.sync.write(png, { colorType: 2, inputHasAlpha: true }))
}

/** The red, green and blue bytes of a binary PPM of exactly this size. */
function pixelsOf(tile: Uint8Array, width: number, height: number): Uint8Array {
  const header = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`)
  const fits = tile.length === header.length + width * height * 3
  if (!fits || header.some((byte, at) => tile[at] !== byte))
    throw new AppError('result/malformed', `A tile is not a picture of ${width}x${height}.`)
  return tile.subarray(header.length)
}

function paste(pixels: Uint8Array, { data, width, height }: PNG, left: number): void {
  const columns = pixels.length / 3 / height
  for (let row = 0; row < height; row++)
    for (let column = 0; column < columns; column++) {
      const from = 3 * (row * columns + column)
      const to = 4 * (row * width + left + column)
      data.set(pixels.subarray(from, from + 3), to)
      data[to + 3] = 255
    }
}
