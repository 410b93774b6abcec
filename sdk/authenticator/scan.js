// Reads a QR code with the camera, where the browser can.

/** How often the picture is looked at, in milliseconds. */
const LOOK_MS = 200;

/** Whether this browser reads QR codes. */
export async function canScan() {
  if (!('BarcodeDetector' in globalThis)) return false;
  return (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes('qr_code');
}

/** What `read` makes of the first QR code that it can make something of; the camera is off again then. */
export async function scan(video, read) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: 'environment' } } });
  try {
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    for (;;) {
      for (const { rawValue } of await detector.detect(video)) {
        const text = read(rawValue);
        if (text !== null) return text;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
