/** A picture file as pixels for the page's own reader. */

/** The longest side that is read here; the server reads the whole picture. */
const LONGEST = 1600;

export interface Pixels {
  width: number;
  height: number;
  channels: 4;
  data: Uint8Array<ArrayBuffer>;
}

/** Undefined where the browser does not know the format. */
export async function decodePicture(file: Blob): Promise<Pixels | undefined> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return undefined;
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return {
    width,
    height,
    channels: 4,
    data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer),
  };
}
