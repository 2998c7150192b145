/** Arrays that `packing.py` packed into JSON: base64 of deflated numbers, their bytes sorted by place. */

/**
 * @typedef {{kind: "uint8"|"float16"|"float32", shapes: Object<string, number[]>, data: string}} Packed
 * @typedef {Object<string, Float32Array | Uint8Array>} Arrays arrays by name, row-major
 */

const PACKED_BYTES = { uint8: 1, float16: 2, float32: 4 };

/**
 * The arrays of a packed entry; float16 becomes float32.
 *
 * @param {Packed} packed
 * @returns {Promise<Arrays>} rejected with an Error where the data are not what the shapes say
 */
export async function unpackArrays(packed) {
  const width = PACKED_BYTES[packed.kind];
  const sizes = Object.entries(packed.shapes).map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)]);
  const count = sizes.reduce((sum, [, size]) => sum + size, 0);
  const planes = await inflateBase64(packed.data);
  if (!width || planes.length !== count * width) {
    throw new Error(`packed ${packed.kind}: ${count} numbers expected, ${planes.length} bytes found`);
  }
  const numbers = joinPlanes(planes, count, packed.kind);
  const arrays = {};
  let start = 0;
  for (const [name, size] of sizes) {
    arrays[name] = numbers.subarray(start, start + size);
    start += size;
  }
  return arrays;
}

/** The images of packed pixels, one after the other. */
export function splitImages(pixels, count) {
  const size = pixels.length / count;
  return Array.from({ length: count }, (_, i) => pixels.subarray(i * size, (i + 1) * size));
}

async function inflateBase64(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Plane k holds byte k of every number, least significant first. */
function joinPlanes(planes, count, kind) {
  if (kind === "uint8") return planes;
  if (kind === "float16") {
    const table = halfTable();
    const numbers = new Float32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = table[planes[i] | (planes[count + i] << 8)];
    return numbers;
  }
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const high = (planes[2 * count + i] << 16) | (planes[3 * count + i] << 24);
    bits[i] = planes[i] | (planes[count + i] << 8) | high;
  }
  return new Float32Array(bits.buffer);
}

let everyHalf = null;

/** [65536] the number that each pattern of 16 bits means (IEEE 754 binary16). */
function halfTable() {
  if (everyHalf) return everyHalf;
  everyHalf = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    let size = (1 + fraction / 1024) * 2 ** (exponent - 15);
    if (exponent === 0) size = fraction * 2 ** -24;
    if (exponent === 31) size = fraction ? NaN : Infinity;
    everyHalf[bits] = bits & 32768 ? -size : size;
  }
  return everyHalf;
}
