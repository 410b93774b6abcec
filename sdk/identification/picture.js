// Pictures: what they are made of before they leave the device.

/** Longest side of a picture that is sent, in pixels: print of a document stays readable. */
const SIDE_MAX = 2_400;

/** Largest file, in bytes, as the house takes it. */
export const BYTES_MAX = 10 * 1024 * 1024;

/** JPEG's quality. */
const QUALITY = 0.9;

/** Mean luminance, out of 255, below and above which nobody recognises anything. */
const LIGHT = { min: 40, max: 225 };

/** `'tooDark'`, `'tooBright'` or `null`, of the bytes of an `ImageData` (RGBA). */
export function lightOf(rgba) {
  let sum = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    // ITU-R BT.601.
    sum += 0.299 * rgba[at] + 0.587 * rgba[at + 1] + 0.114 * rgba[at + 2];
  }
  const mean = sum / (rgba.length / 4 || 1);
  if (mean < LIGHT.min) return 'tooDark';
  return mean > LIGHT.max ? 'tooBright' : null;
}

/** Width and height of a picture that is sent, in the same proportion. */
export function fitted(width, height, most = SIDE_MAX) {
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Draws what a camera or a file shows onto the canvas. */
export function draw(source, canvas) {
  const width = source.videoWidth ?? source.width;
  const height = source.videoHeight ?? source.height;
  [canvas.width, canvas.height] = fitted(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return lightOf(context.getImageData(0, 0, canvas.width, canvas.height).data);
}

/** The canvas as a JPEG. It holds nothing but pixels: where and when a file was taken stays on the device. */
export function jpeg(canvas) {
  return new Promise((resolve, reject) => {
    const made = (blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be made')));
    canvas.toBlob(made, 'image/jpeg', QUALITY);
  });
}
