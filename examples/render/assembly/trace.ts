/** Where a ray goes: four spheres are tested at once. */
import { boundCount, bounds, GLASS, QUAD, quads, SKIN, skins } from "./scene"

/** Nothing nearer counts: it is the surface a ray starts from. */
const NEAR: f32 = 0.0005
export const FAR: f32 = 1e30

/** Distance to what the last ray met, and which sphere; -1 is the floor, -2 nothing. */
export let distance: f32 = FAR
export let met: i32 = -2

/** The share of light that the last shadow ray let through, by colour. */
export let throughR: f32 = 0, throughG: f32 = 0, throughB: f32 = 0

// @ts-ignore: decorator
@inline
function lanes(value: f32): v128 {
  return f32x4.splat(value)
}

/** Half chord and depth of four spheres along a ray. */
let along: v128 = i32x4.splat(0)
let chord: v128 = i32x4.splat(0)

// @ts-ignore: decorator
@inline
function project(quad: usize, ox: v128, oy: v128, oz: v128, dx: v128, dy: v128, dz: v128): v128 {
  const x = f32x4.sub(v128.load(quad), ox)
  const y = f32x4.sub(v128.load(quad, 16), oy)
  const z = f32x4.sub(v128.load(quad, 32), oz)
  const t = f32x4.add(f32x4.add(f32x4.mul(x, dx), f32x4.mul(y, dy)), f32x4.mul(z, dz))
  // The distance between centre and ray, measured at its nearest point: exact even far away.
  const px = f32x4.sub(x, f32x4.mul(t, dx))
  const py = f32x4.sub(y, f32x4.mul(t, dy))
  const pz = f32x4.sub(z, f32x4.mul(t, dz))
  const away = f32x4.add(f32x4.add(f32x4.mul(px, px), f32x4.mul(py, py)), f32x4.mul(pz, pz))
  along = t
  chord = f32x4.sub(v128.load(quad, 48), away)
  return chord
}

/** Follows a ray to the nearest surface. */
export function follow(x: f32, y: f32, z: f32, u: f32, v: f32, w: f32): void {
  const ox = lanes(x), oy = lanes(y), oz = lanes(z), dx = lanes(u), dy = lanes(v), dz = lanes(w)
  const zero = lanes(0), near = lanes(NEAR)
  const fall = v < -0.000001 ? -y / v : FAR
  distance = fall > NEAR ? fall : FAR
  met = distance < FAR ? -1 : -2
  for (let group = 0; group < boundCount; group++) {
    project(bounds + <usize>group * QUAD, ox, oy, oz, dx, dy, dz)
    // A bound counts when the ray meets it before the best hit, or starts inside.
    const half = f32x4.sqrt(f32x4.max(chord, zero))
    const ahead = v128.and(f32x4.gt(f32x4.add(along, half), near), f32x4.lt(f32x4.sub(along, half), lanes(distance)))
    let leaves = i32x4.bitmask(v128.and(f32x4.ge(chord, zero), ahead))
    while (leaves != 0) {
      const leaf = group * 4 + ctz(leaves)
      leaves &= leaves - 1
      project(quads + <usize>leaf * QUAD, ox, oy, oz, dx, dy, dz)
      const span = f32x4.sqrt(f32x4.max(chord, zero))
      const enter = f32x4.sub(along, span)
      const first = v128.bitselect(enter, f32x4.add(along, span), f32x4.gt(enter, near))
      const good = v128.and(f32x4.gt(chord, zero), v128.and(f32x4.gt(first, near), f32x4.lt(first, lanes(distance))))
      const hits = i32x4.bitmask(good)
      if (hits & 1) take(f32x4.extract_lane(first, 0), leaf * 4)
      if (hits & 2) take(f32x4.extract_lane(first, 1), leaf * 4 + 1)
      if (hits & 4) take(f32x4.extract_lane(first, 2), leaf * 4 + 2)
      if (hits & 8) take(f32x4.extract_lane(first, 3), leaf * 4 + 3)
    }
  }
}

// @ts-ignore: decorator
@inline
function take(at: f32, sphere: i32): void {
  if (at < distance) {
    distance = at
    met = sphere
  }
}

/** Looks towards a light `reach` away. Glass lets its colour through, most where it is thickest. */
export function shade(x: f32, y: f32, z: f32, u: f32, v: f32, w: f32, reach: f32): bool {
  const ox = lanes(x), oy = lanes(y), oz = lanes(z), dx = lanes(u), dy = lanes(v), dz = lanes(w)
  const zero = lanes(0), near = lanes(NEAR), end = lanes(reach)
  throughR = 1, throughG = 1, throughB = 1
  for (let group = 0; group < boundCount; group++) {
    project(bounds + <usize>group * QUAD, ox, oy, oz, dx, dy, dz)
    const half = f32x4.sqrt(f32x4.max(chord, zero))
    const ahead = v128.and(f32x4.gt(f32x4.add(along, half), near), f32x4.lt(f32x4.sub(along, half), end))
    let leaves = i32x4.bitmask(v128.and(f32x4.ge(chord, zero), ahead))
    while (leaves != 0) {
      const leaf = group * 4 + ctz(leaves)
      leaves &= leaves - 1
      project(quads + <usize>leaf * QUAD, ox, oy, oz, dx, dy, dz)
      const span = f32x4.sqrt(f32x4.max(chord, zero))
      const exit = f32x4.add(along, span)
      let hits = i32x4.bitmask(v128.and(f32x4.gt(chord, zero), v128.and(f32x4.gt(exit, near), f32x4.lt(f32x4.sub(along, span), end))))
      while (hits != 0) {
        const lane = ctz(hits)
        hits &= hits - 1
        const skin = skins + <usize>(leaf * 4 + lane) * SKIN
        if (load<u8>(skin, 32) != GLASS) return false
        v128.store(scratch, span)
        const thick = load<f32>(scratch + 4 * lane) * load<f32>(skin, 28)
        const pass: f32 = 0.12 + 1.05 * thick * thick * thick
        throughR *= load<f32>(skin) * pass
        throughG *= load<f32>(skin, 4) * pass
        throughB *= load<f32>(skin, 8) * pass
      }
    }
  }
  return true
}

const scratch = memory.data(16, 16)
