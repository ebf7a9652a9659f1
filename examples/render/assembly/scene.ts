/** The scene as the tracer wants it: numbers in memory, spheres in groups of four that lie close. */
import { channelOf, Json } from "./json"

export const DIFFUSE: u8 = 0
export const METAL: u8 = 1
export const GLASS: u8 = 2

/** One sphere while the scene is prepared. */
class Ball {
  constructor(
    public x: f32,
    public y: f32,
    public z: f32,
    public radius: f32,
    public kind: u8,
    public rough: f32,
    public r: f32,
    public g: f32,
    public b: f32,
  ) {}

  axis(which: i32): f32 {
    return which == 0 ? this.x : which == 1 ? this.y : this.z
  }
}

/** Four spheres: x, y, z and squared radius of each, lane by lane. */
export const QUAD: usize = 64
/** Kind, roughness, colour of one sphere, and its centre and radius again. */
export const SKIN: usize = 48

export let quads: usize = 0
export let quadCount: i32 = 0
/** Bounding spheres of the quads, four to a quad. */
export let bounds: usize = 0
export let boundCount: i32 = 0
export let skins: usize = 0

export let fromX: f32 = 0, fromY: f32 = 0, fromZ: f32 = 0
export let toX: f32 = 0, toY: f32 = 0, toZ: f32 = 0
export let fov: f32 = 0, aperture: f32 = 0, focus: f32 = 0
export let zenithR: f32 = 0, zenithG: f32 = 0, zenithB: f32 = 0
export let horizonR: f32 = 0, horizonG: f32 = 0, horizonB: f32 = 0
export let glowR: f32 = 0, glowG: f32 = 0, glowB: f32 = 0
export let lightX: f32 = 0, lightY: f32 = 0, lightZ: f32 = 0, lightRadius: f32 = 0
export let lightR: f32 = 0, lightG: f32 = 0, lightB: f32 = 0
export let floorR: f32 = 0, floorG: f32 = 0, floorB: f32 = 0
export let otherR: f32 = 0, otherG: f32 = 0, otherB: f32 = 0
export let floorGloss: f32 = 0, floorTile: f32 = 0, floorFade: f32 = 0
export let exposure: f32 = 1

/** Takes everything from the parsed text. */
export function load_(scene: Json): void {
  camera(scene.get("camera") || new Json())
  sky(scene.get("sky") || new Json())
  light(scene.get("light") || new Json())
  floor(scene.get("floor") || new Json())
  exposure = scene.num("exposure", 1)
  const balls: Ball[] = []
  const spheres = scene.list("spheres")
  for (let index = 0; index < spheres.length; index++) balls.push(ballOf(spheres[index]))
  const spirals = scene.list("spirals")
  for (let index = 0; index < spirals.length; index++) grow(spirals[index], balls)
  pack(balls)
}

function camera(it: Json): void {
  fromX = it.axis("from", 0, 0)
  fromY = it.axis("from", 1, 2)
  fromZ = it.axis("from", 2, 8)
  toX = it.axis("to", 0, 0)
  toY = it.axis("to", 1, 1)
  toZ = it.axis("to", 2, 0)
  fov = it.num("fov", 35)
  aperture = it.num("aperture", 0)
  const x = toX - fromX, y = toY - fromY, z = toZ - fromZ
  focus = it.num("focus", Mathf.sqrt(x * x + y * y + z * z))
}

function sky(it: Json): void {
  zenithR = it.channel("zenith", 0, "#4a78c8"), zenithG = it.channel("zenith", 1, "#4a78c8"), zenithB = it.channel("zenith", 2, "#4a78c8")
  horizonR = it.channel("horizon", 0, "#ffe0c0"), horizonG = it.channel("horizon", 1, "#ffe0c0"), horizonB = it.channel("horizon", 2, "#ffe0c0")
  glowR = it.channel("glow", 0, "#000000"), glowG = it.channel("glow", 1, "#000000"), glowB = it.channel("glow", 2, "#000000")
}

function light(it: Json): void {
  lightX = it.axis("at", 0, 6)
  lightY = it.axis("at", 1, 8)
  lightZ = it.axis("at", 2, 4)
  lightRadius = it.num("radius", 1)
  const power = it.num("power", 40)
  lightR = it.channel("color", 0, "#ffffff") * power
  lightG = it.channel("color", 1, "#ffffff") * power
  lightB = it.channel("color", 2, "#ffffff") * power
}

function floor(it: Json): void {
  const color = it.str("color", "#808080")
  const other = it.str("otherColor", color)
  floorR = channelOf(color, 0), floorG = channelOf(color, 1), floorB = channelOf(color, 2)
  otherR = channelOf(other, 0), otherG = channelOf(other, 1), otherB = channelOf(other, 2)
  floorGloss = it.num("gloss", 0)
  floorTile = it.num("tile", 1)
  floorFade = it.num("fade", 60)
}

function kindOf(name: string): u8 {
  return name == "metal" ? METAL : name == "glass" ? GLASS : DIFFUSE
}

function ballOf(it: Json): Ball {
  const color = it.str("color", "#ffffff")
  return new Ball(
    it.axis("at", 0, 0), it.axis("at", 1, 0), it.axis("at", 2, 0), it.num("radius", 1),
    kindOf(it.str("material", "diffuse")), it.num("roughness", 0),
    channelOf(color, 0), channelOf(color, 1), channelOf(color, 2),
  )
}

const GOLDEN_ANGLE: f32 = 2.39996323

/** Spheres on the floor in the pattern of a sunflower; those that would touch others are left out. */
function grow(it: Json, balls: Ball[]): void {
  const count = <i32>it.num("count", 0)
  const colors = it.list("colors")
  const materials = it.list("materials")
  const start = it.num("start", 0), turn = it.num("turn", 0)
  const small = it.num("radius", 0.2), large = it.num("lastRadius", small)
  for (let index = 0; index < count; index++) {
    const part = <f32>index / <f32>max(1, count - 1)
    const angle = turn + <f32>index * GOLDEN_ANGLE
    const away = start + it.num("spacing", 0.5) * Mathf.sqrt(<f32>index + 0.5)
    const radius = small + (large - small) * part
    const x = it.axis("at", 0, 0) + away * Mathf.cos(angle)
    const z = it.axis("at", 2, 0) + away * Mathf.sin(angle)
    const material = materials.length > 0 ? materials[index % materials.length].text : "diffuse"
    const ball = new Ball(x, radius, z, radius, kindOf(material), it.num("roughness", 0), 0, 0, 0)
    ball.r = blend(colors, part, 0), ball.g = blend(colors, part, 1), ball.b = blend(colors, part, 2)
    if (free(ball, balls)) balls.push(ball)
  }
}

function blend(colors: Json[], part: f32, channel: i32): f32 {
  if (colors.length == 0) return 0.7
  const place = part * <f32>(colors.length - 1)
  const first = min(<i32>place, colors.length - 1), second = min(first + 1, colors.length - 1)
  const share = place - <f32>first
  return channelOf(colors[first].text, channel) * (1 - share) + channelOf(colors[second].text, channel) * share
}

function free(ball: Ball, balls: Ball[]): bool {
  for (let index = 0; index < balls.length; index++) {
    const other = balls[index]
    const x = other.x - ball.x, y = other.y - ball.y, z = other.z - ball.z
    const reach = other.radius + ball.radius
    if (x * x + y * y + z * z < reach * reach) return false
  }
  return true
}

/** Splits along the widest axis until four remain, and writes the four side by side. */
function pack(balls: Ball[]): void {
  const leaves: Ball[][] = []
  split(balls, leaves)
  quadCount = leaves.length
  boundCount = (quadCount + 3) / 4
  quads = alloc(<usize>quadCount * QUAD)
  bounds = alloc(<usize>boundCount * QUAD)
  skins = alloc(<usize>quadCount * 4 * SKIN)
  for (let leaf = 0; leaf < boundCount * 4; leaf++) {
    const some = leaf < leaves.length ? leaves[leaf] : []
    if (leaf < quadCount) for (let lane = 0; lane < 4; lane++) writeBall(leaf, lane, lane < some.length ? some[lane] : null)
    writeBound(leaf, some)
  }
}

function alloc(size: usize): usize {
  return (heap.alloc(size + 16) + 15) & ~15
}

/** A lane without a sphere has a negative squared radius: no ray meets it. */
function writeLane(at: usize, lane: i32, x: f32, y: f32, z: f32, squared: f32): void {
  const start = at + 4 * lane
  store<f32>(start, x)
  store<f32>(start, y, 16)
  store<f32>(start, z, 32)
  store<f32>(start, squared, 48)
}

function writeBall(leaf: i32, lane: i32, ball: Ball | null): void {
  const quad = quads + <usize>leaf * QUAD
  if (!ball) return writeLane(quad, lane, 0, 0, 0, -1)
  writeLane(quad, lane, ball.x, ball.y, ball.z, ball.radius * ball.radius)
  const skin = skins + <usize>(leaf * 4 + lane) * SKIN
  store<f32>(skin, ball.r)
  store<f32>(skin, ball.g, 4)
  store<f32>(skin, ball.b, 8)
  store<f32>(skin, ball.rough, 12)
  store<f32>(skin, ball.x, 16)
  store<f32>(skin, ball.y, 20)
  store<f32>(skin, ball.z, 24)
  store<f32>(skin, 1 / ball.radius, 28)
  store<u8>(skin, ball.kind, 32)
}

function writeBound(leaf: i32, balls: Ball[]): void {
  const at = bounds + <usize>(leaf / 4) * QUAD
  if (balls.length == 0) return writeLane(at, leaf % 4, 0, 0, 0, -1)
  let x: f32 = 0, y: f32 = 0, z: f32 = 0, reach: f32 = 0
  for (let index = 0; index < balls.length; index++) x += balls[index].x, y += balls[index].y, z += balls[index].z
  x /= <f32>balls.length, y /= <f32>balls.length, z /= <f32>balls.length
  for (let index = 0; index < balls.length; index++) {
    const dx = balls[index].x - x, dy = balls[index].y - y, dz = balls[index].z - z
    reach = max(reach, Mathf.sqrt(dx * dx + dy * dy + dz * dz) + balls[index].radius)
  }
  reach *= 1.0001
  writeLane(at, leaf % 4, x, y, z, reach * reach)
}

let sortAxis: i32 = 0

function split(balls: Ball[], leaves: Ball[][]): void {
  if (balls.length == 0) return
  if (balls.length <= 4) {
    leaves.push(balls)
    return
  }
  let widest: f32 = -1
  for (let axis = 0; axis < 3; axis++) {
    let low: f32 = f32.MAX_VALUE, high: f32 = -f32.MAX_VALUE
    for (let index = 0; index < balls.length; index++) {
      low = min(low, balls[index].axis(axis))
      high = max(high, balls[index].axis(axis))
    }
    if (high - low > widest) {
      widest = high - low
      sortAxis = axis
    }
  }
  balls.sort((a, b) => a.axis(sortAxis) < b.axis(sortAxis) ? -1 : a.axis(sortAxis) > b.axis(sortAxis) ? 1 : 0)
  // Full quads on the left keep lanes from being wasted.
  const middle = (((balls.length + 1) / 2 + 3) / 4) * 4
  const left = middle >= balls.length ? 4 : middle
  split(balls.slice(0, left), leaves)
  split(balls.slice(left), leaves)
}
