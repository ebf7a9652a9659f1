/** What light comes back along a ray. */
import { sample } from "./sample"
import * as scene from "./scene"
import { distance, FAR, follow, met, shade, throughB, throughG, throughR } from "./trace"

/** The light of the last call. */
export let red: f32 = 0, green: f32 = 0, blue: f32 = 0

const MAX_DEPTH: i32 = 7
/** Light below this share is not worth following. */
const FAINT: f32 = 0.012
const GLASS_INDEX: f32 = 1.5

// Coordinates of a sample: two for the lens and two for the pixel are taken by the camera.
const LIGHT: i32 = 4, BOUNCE: i32 = 6, ROUGH: i32 = 8, CHOICE: i32 = 10, SECOND: i32 = 11

/** Points of a unit disc by angle: sines are too slow to compute for every sample. */
const ANGLES: i32 = 4096
const cosines = new StaticArray<f32>(ANGLES)
const sines = new StaticArray<f32>(ANGLES)

export function prepare(): void {
  for (let index = 0; index < ANGLES; index++) {
    const angle = (<f32>index * (2 * Mathf.PI)) / <f32>ANGLES
    cosines[index] = Mathf.cos(angle)
    sines[index] = Mathf.sin(angle)
  }
}

// @ts-ignore: decorator
@inline
export function cosOf(turn: f32): f32 {
  return unchecked(cosines[<i32>(turn * <f32>ANGLES) & (ANGLES - 1)])
}

// @ts-ignore: decorator
@inline
export function sinOf(turn: f32): f32 {
  return unchecked(sines[<i32>(turn * <f32>ANGLES) & (ANGLES - 1)])
}

// @ts-ignore: decorator
@inline
function smooth(value: f32): f32 {
  const clamped = max<f32>(0, min<f32>(1, value))
  return clamped * clamped * (3 - 2 * clamped)
}

/** The sky in a direction: from horizon to zenith, with a glow around the light. */
function sky(u: f32, v: f32, w: f32): void {
  const up = max<f32>(v, 0)
  const rise = smooth(Mathf.sqrt(up) * 1.55)
  const towards = (u * lightU + v * lightV + w * lightW) * 0.5 + 0.5
  const near = towards * towards
  const glow = near * near * near * (1 - 0.6 * rise)
  red = scene.horizonR + (scene.zenithR - scene.horizonR) * rise + scene.glowR * glow
  green = scene.horizonG + (scene.zenithG - scene.horizonG) * rise + scene.glowG * glow
  blue = scene.horizonB + (scene.zenithB - scene.horizonB) * rise + scene.glowB * glow
}

let lightU: f32 = 0, lightV: f32 = 1, lightW: f32 = 0

/** Call once the scene is loaded. */
export function aim(): void {
  const x = scene.lightX - scene.toX, y = scene.lightY - scene.toY, z = scene.lightZ - scene.toZ
  const length: f32 = 1 / Mathf.sqrt(x * x + y * y + z * z)
  lightU = x * length, lightV = y * length, lightW = z * length
}

/** Two directions at right angles to a third (Duff et al. 2017, without branches). */
let ax: f32 = 0, ay: f32 = 0, az: f32 = 0, bx: f32 = 0, by: f32 = 0, bz: f32 = 0
// @ts-ignore: decorator
@inline
function frame(x: f32, y: f32, z: f32): void {
  const sign: f32 = z >= 0 ? 1 : -1
  const a: f32 = -1 / (sign + z)
  const b = x * y * a
  ax = 1 + sign * x * x * a
  ay = sign * b
  az = -sign * x
  bx = b
  by = sign + y * y * a
  bz = -y
}

/** Light that arrives straight from the lamp, times the angle it arrives at. */
function direct(x: f32, y: f32, z: f32, nx: f32, ny: f32, nz: f32, first: f32, second: f32): void {
  red = green = blue = 0
  let u = scene.lightX - x, v = scene.lightY - y, w = scene.lightZ - z
  const centre = Mathf.sqrt(u * u + v * v + w * w)
  frame(u / centre, v / centre, w / centre)
  const spread = scene.lightRadius * Mathf.sqrt(first)
  const p = spread * cosOf(second), q = spread * sinOf(second)
  u += ax * p + bx * q, v += ay * p + by * q, w += az * p + bz * q
  const squared = u * u + v * v + w * w
  const reach = Mathf.sqrt(squared)
  u /= reach, v /= reach, w /= reach
  const facing: f32 = u * nx + v * ny + w * nz
  if (facing <= 0 || !shade(x, y, z, u, v, w, reach)) return
  const strength = (facing * scene.lightRadius * scene.lightRadius) / squared
  red = scene.lightR * strength * throughR
  green = scene.lightG * strength * throughG
  blue = scene.lightB * strength * throughB
}

/** Surface that the last ray met: place, direction it faces, colour, gloss. */
let hx: f32 = 0, hy: f32 = 0, hz: f32 = 0
let nx: f32 = 0, ny: f32 = 0, nz: f32 = 0
let cr: f32 = 0, cg: f32 = 0, cb: f32 = 0
let rough: f32 = 0
let kind: u8 = 0

function surface(x: f32, y: f32, z: f32, u: f32, v: f32, w: f32): void {
  hx = x + u * distance, hy = y + v * distance, hz = z + w * distance
  if (met < 0) {
    hy = 0
    nx = 0, ny = 1, nz = 0
    const even = ((<i32>Mathf.floor(hx / scene.floorTile) + <i32>Mathf.floor(hz / scene.floorTile)) & 1) == 0
    cr = even ? scene.floorR : scene.otherR
    cg = even ? scene.floorG : scene.otherG
    cb = even ? scene.floorB : scene.otherB
    rough = 0
    kind = scene.DIFFUSE
    return
  }
  const skin = scene.skins + <usize>met * scene.SKIN
  const scale: f32 = load<f32>(skin, 28)
  nx = (hx - load<f32>(skin, 16)) * scale
  ny = (hy - load<f32>(skin, 20)) * scale
  nz = (hz - load<f32>(skin, 24)) * scale
  cr = load<f32>(skin), cg = load<f32>(skin, 4), cb = load<f32>(skin, 8)
  rough = load<f32>(skin, 12)
  kind = load<u8>(skin, 32)
}

/** Light that a matt surface sends back: from the lamp, and once reflected from all around. */
function matt(): void {
  const x = hx, y = hy, z = hz, n1 = nx, n2 = ny, n3 = nz, r = cr, g = cg, b = cb
  direct(x, y, z, n1, n2, n3, sample(LIGHT), sample(LIGHT + 1))
  const lampR = red, lampG = green, lampB = blue
  frame(n1, n2, n3)
  const spread = Mathf.sqrt(sample(BOUNCE)), turn = sample(BOUNCE + 1)
  const p = spread * cosOf(turn), q = spread * sinOf(turn), up = Mathf.sqrt(1 - spread * spread)
  const u = ax * p + bx * q + n1 * up, v = ay * p + by * q + n2 * up, w = az * p + bz * q + n3 * up
  follow(x, y, z, u, v, w)
  around(x, y, z, u, v, w)
  red = r * (lampR + red)
  green = g * (lampG + green)
  blue = b * (lampB + blue)
}

/** What a bounced ray brings: the sky, or a surface lit by the lamp and, roughly, by the sky. */
function around(x: f32, y: f32, z: f32, u: f32, v: f32, w: f32): void {
  if (met == -2) return sky(u, v, w)
  surface(x, y, z, u, v, w)
  const r = cr, g = cg, b = cb
  if (kind != scene.DIFFUSE) {
    const turn: f32 = kind == scene.METAL ? 2 * (u * nx + v * ny + w * nz) : 0
    sky(u - turn * nx, v - turn * ny, w - turn * nz)
    const share: f32 = v - turn * ny < 0 ? 0.4 : 0.9
    red *= r * share, green *= g * share, blue *= b * share
    return
  }
  const facing: f32 = 0.25 + 0.25 * ny
  direct(hx, hy, hz, nx, ny, nz, sample(SECOND), sample(LIGHT))
  const lampR = red, lampG = green, lampB = blue
  sky(nx, ny, nz)
  red = r * (lampR + red * facing)
  green = g * (lampG + green * facing)
  blue = b * (lampB + blue * facing)
}

/** Light along a ray; `share` is how much of it reaches the eye. */
export function radiance(x: f32, y: f32, z: f32, u: f32, v: f32, w: f32, depth: i32, share: f32): void {
  follow(x, y, z, u, v, w)
  if (lamp(x, y, z, u, v, w, depth)) return
  if (met == -2) return sky(u, v, w)
  const away = distance
  surface(x, y, z, u, v, w)
  if (kind == scene.METAL) metal(u, v, w, depth, share)
  else if (kind == scene.GLASS) glass(u, v, w, depth, share)
  else polished(u, v, w, depth, share)
  if (depth == 0 || away > 8) fade(u, v, w, away)
}

/** The lamp itself, which only mirrors show: lamplight on matt surfaces is counted by `direct`. */
function lamp(x: f32, y: f32, z: f32, u: f32, v: f32, w: f32, depth: i32): bool {
  const a = scene.lightX - x, b = scene.lightY - y, c = scene.lightZ - z
  const t = a * u + b * v + c * w
  if (t < 0 || t > distance) return false
  const away = a * a + b * b + c * c - t * t
  if (away > scene.lightRadius * scene.lightRadius) return false
  red = min<f32>(scene.lightR, 14), green = min<f32>(scene.lightG, 14), blue = min<f32>(scene.lightB, 14)
  return true
}

/** Far surfaces dissolve into the sky, so that the floor has no edge. */
function fade(u: f32, v: f32, w: f32, away: f32): void {
  const r = red, g = green, b = blue
  const far: f32 = away / scene.floorFade
  const air: f32 = 1 - 1 / (1 + far * far * far)
  if (air < 0.004) return
  sky(u, 0, w)
  red = r + (red - r) * air
  green = g + (green - g) * air
  blue = b + (blue - b) * air
}

/** Share of light that a surface mirrors at an angle (Schlick's approximation). */
// @ts-ignore: decorator
@inline
function fresnel(base: f32, cosine: f32): f32 {
  const left: f32 = 1 - max<f32>(0, cosine)
  const squared = left * left
  return base + (1 - base) * squared * squared * left
}

/** A matt body under a clear coat; the floor's coat is as strong as its gloss. */
function polished(u: f32, v: f32, w: f32, depth: i32, share: f32): void {
  const x = hx, y = hy, z = hz, n1 = nx, n2 = ny, n3 = nz
  const cosine = -(u * n1 + v * n2 + w * n3)
  const coat: f32 = met < 0 ? scene.floorGloss : 0.04
  const mirrored: f32 = coat > 0 ? fresnel(coat, cosine) : 0
  const keep: f32 = 1 - mirrored
  matt()
  const r = red * keep, g = green * keep, b = blue * keep
  if (mirrored * share < FAINT || depth >= MAX_DEPTH) {
    red = r, green = g, blue = b
    return
  }
  radiance(x, y, z, u + 2 * cosine * n1, v + 2 * cosine * n2, w + 2 * cosine * n3, depth + 1, share * mirrored)
  red = r + red * mirrored
  green = g + green * mirrored
  blue = b + blue * mirrored
}

function metal(u: f32, v: f32, w: f32, depth: i32, share: f32): void {
  const r = cr, g = cg, b = cb
  if (depth >= MAX_DEPTH) {
    red = green = blue = 0
    return
  }
  const cosine = -(u * nx + v * ny + w * nz)
  let p = u + 2 * cosine * nx, q = v + 2 * cosine * ny, s = w + 2 * cosine * nz
  if (rough > 0) {
    frame(p, q, s)
    const spread = rough * Mathf.sqrt(sample(ROUGH)), turn = sample(ROUGH + 1)
    const i = spread * cosOf(turn), j = spread * sinOf(turn)
    p += ax * i + bx * j, q += ay * i + by * j, s += az * i + bz * j
    const length: f32 = 1 / Mathf.sqrt(p * p + q * q + s * s)
    p *= length, q *= length, s *= length
    const sunk = p * nx + q * ny + s * nz
    if (sunk < 0) p -= 2 * sunk * nx, q -= 2 * sunk * ny, s -= 2 * sunk * nz
  }
  // Towards the rim every metal becomes a white mirror.
  const rim = fresnel(0, cosine)
  radiance(hx, hy, hz, p, q, s, depth + 1, share * max(r, max(g, b)))
  red *= r + (1 - r) * rim
  green *= g + (1 - g) * rim
  blue *= b + (1 - b) * rim
}

function glass(u: f32, v: f32, w: f32, depth: i32, share: f32): void {
  const x = hx, y = hy, z = hz, r = cr, g = cg, b = cb
  let n1 = nx, n2 = ny, n3 = nz
  let cosine = -(u * n1 + v * n2 + w * n3)
  const leaving = cosine < 0
  if (leaving) n1 = -n1, n2 = -n2, n3 = -n3, cosine = -cosine
  const ratio: f32 = leaving ? GLASS_INDEX : 1 / GLASS_INDEX
  const inside: f32 = 1 - ratio * ratio * (1 - cosine * cosine)
  const bent: f32 = Mathf.sqrt(max<f32>(0, inside))
  const mirrored: f32 = inside <= 0 ? 1 : fresnel(0.04, leaving ? bent : cosine)
  if (depth >= MAX_DEPTH) return sky(u, v, w)
  const both = depth == 0
  const mirrors = inside <= 0 || (!both && !leaving && sample(CHOICE) < mirrored)
  if (mirrors) return radiance(x, y, z, u + 2 * cosine * n1, v + 2 * cosine * n2, w + 2 * cosine * n3, depth + 1, share)
  let mr: f32 = 0, mg: f32 = 0, mb: f32 = 0
  if (both) {
    radiance(x, y, z, u + 2 * cosine * n1, v + 2 * cosine * n2, w + 2 * cosine * n3, depth + 1, share * mirrored)
    mr = red * mirrored, mg = green * mirrored, mb = blue * mirrored
  }
  const shift = ratio * cosine - bent
  radiance(x, y, z, ratio * u + shift * n1, ratio * v + shift * n2, ratio * w + shift * n3, depth + 1, share)
  const keep: f32 = both ? 1 - mirrored : 1
  // The colour of the glass is taken once, on the way in.
  red = red * keep * (leaving ? 1 : r) + mr
  green = green * keep * (leaving ? 1 : g) + mg
  blue = blue * keep * (leaving ? 1 : b) + mb
}
