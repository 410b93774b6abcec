// The wallet's key: made on the device, and sealed so that it signs only with the secret code.
//
// The private key (P-256) never is in the script's hands: the browser wraps it and unwraps it. What wraps it is made of
// two things, so that neither alone is of use: the secret code, stretched by PBKDF2, and a key of the device that the
// browser keeps and gives nobody. An unwrapped key cannot be taken out again, signs once, and is forgotten.

import { utf8 } from './bytes.js';

/** The secret code: five digits. */
export const isSecretCode = (code) => typeof code === 'string' && /^[0-9]{5}$/.test(code);

/** Rounds of PBKDF2 with SHA-256: what OWASP's cheat sheet on the storage of passwords asks for. */
export const ROUNDS = 600_000;

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * Makes a wallet's keys.
 *
 * @param {string} code the secret code
 * @param {Crypto} crypto
 * @returns what is kept on the device, and the public key that the house is shown
 */
export async function makeKeys(code, crypto, rounds = ROUNDS) {
  if (!isSecretCode(code)) throw new TypeError('a secret code has five digits');
  const { subtle } = crypto;
  const device = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const wrapper = await wrapperOf(code, { device, salt, rounds }, subtle);
  // Extractable for this one moment, because only such a key can be wrapped; its bytes do not come to the script.
  const pair = await subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const wrapped = await subtle.wrapKey('pkcs8', pair.privateKey, wrapper, { name: 'AES-GCM', iv: nonce });
  const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey);
  return { keys: { device, salt, rounds, nonce, wrapped }, publicKey: { kty, crv, x, y } };
}

/**
 * The private key, to sign with and for nothing else; `null` if the secret code is not the right one.
 */
export async function unlock(keys, code, crypto) {
  if (!isSecretCode(code)) return null;
  const { subtle } = crypto;
  const wrapper = await wrapperOf(code, keys, subtle);
  const sealed = { name: 'AES-GCM', iv: keys.nonce };
  try {
    return await subtle.unwrapKey('pkcs8', keys.wrapped, wrapper, sealed, CURVE, false, ['sign']);
  } catch {
    return null;
  }
}

async function wrapperOf(code, { device, salt, rounds }, subtle) {
  const typed = await subtle.importKey('raw', utf8(code), 'PBKDF2', false, ['deriveBits']);
  const stretched = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, typed, 256);
  const mixed = await subtle.sign('HMAC', device, stretched);
  return subtle.importKey('raw', mixed, 'AES-GCM', false, ['wrapKey', 'unwrapKey']);
}
