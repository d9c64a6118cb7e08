// Philox4x32-10: see reference.ts for what it is and where it comes from. Put before shaders that draw numbers.

/// Lower and upper half of the 64-bit product, which WGSL does not have: from 16-bit halves.
fn wideProduct(a: u32, b: u32) -> vec2u {
  let aLow = a & 0xffff;
  let aHigh = a >> 16;
  let bLow = b & 0xffff;
  let bHigh = b >> 16;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16);
  let carried = aLow * bHigh + (middle & 0xffff);
  return vec2u(a * b, aHigh * bHigh + (middle >> 16) + (carried >> 16));
}

/// The four words of one block.
fn philox(counter: vec4u, key: vec2u) -> vec4u {
  var c = counter;
  var k = key;
  for (var round = 0; round < 10; round++) {
    let first = wideProduct(0xd2511f53, c.x);
    let second = wideProduct(0xcd9e8d57, c.z);
    c = vec4u(second.y ^ c.y ^ k.x, second.x, first.y ^ c.w ^ k.y, first.x);
    k += vec2u(0x9e3779b9, 0xbb67ae85);
  }
  return c;
}
