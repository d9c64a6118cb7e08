/** Zero padding, a row at a time: see reference.ts. Sizes of a row are in bytes. */

/** Units are rows of y. */
export function zeroPadding2dForward(
  x: usize,
  y: usize,
  height: i32,
  paddedHeight: i32,
  top: i32,
  rowBytes: usize,
  leftBytes: usize,
  rightBytes: usize,
  begin: i32,
  end: i32,
): void {
  const paddedBytes = leftBytes + rowBytes + rightBytes;
  let to = y + <usize>begin * paddedBytes;
  for (let unit = begin; unit < end; unit++, to += paddedBytes) {
    const row = (unit % paddedHeight) - top;
    if (row < 0 || row >= height) {
      memory.fill(to, 0, paddedBytes);
      continue;
    }
    const from = x + <usize>((unit / paddedHeight) * height + row) * rowBytes;
    memory.fill(to, 0, leftBytes);
    memory.copy(to + leftBytes, from, rowBytes);
    memory.fill(to + leftBytes + rowBytes, 0, rightBytes);
  }
}

/** Units are rows of dx. */
export function zeroPadding2dBackward(
  dy: usize,
  dx: usize,
  height: i32,
  paddedHeight: i32,
  top: i32,
  rowBytes: usize,
  leftBytes: usize,
  rightBytes: usize,
  begin: i32,
  end: i32,
): void {
  const paddedBytes = leftBytes + rowBytes + rightBytes;
  for (let unit = begin; unit < end; unit++) {
    const row = (unit / height) * paddedHeight + top + (unit % height);
    memory.copy(dx + <usize>unit * rowBytes, dy + <usize>row * paddedBytes + leftBytes, rowBytes);
  }
}
