// Bytes as text, and back.

const encoder = new TextEncoder();

/** A text as UTF-8. */
export const utf8 = (text) => encoder.encode(text);

/** Bytes in base64url without padding (RFC 4648, section 5). */
export function base64url(bytes) {
  let text = '';
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
