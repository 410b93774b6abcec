// What a wallet signs. The house puts the same bytes together.

import { utf8 } from './bytes.js';

/**
 * @param {string} signed.authenticationId which operation, as it came
 * @param {string} signed.digest SHA-256 of the operation in canonical JSON, in hexadecimal, as the challenge has it
 * @param {'approved' | 'denied'} signed.outcome what the customer wants
 * @param {number} signed.signedAt when, in seconds of Unix time
 */
export function signedBytes({ authenticationId, digest, outcome, signedAt }) {
  return utf8([authenticationId, digest, outcome, signedAt].join('.'));
}
