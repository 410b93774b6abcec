// What goes wrong, as a word that a program can read. No message holds a code, a key or anything personal.

/** Every word that {@link SdkError} has as its `code`. */
export const CODES = Object.freeze({
  /** The device cannot keep a wallet: no secure context, no WebCrypto, no IndexedDB. */
  notEligible: 'notEligible',
  /** The activation code has not the shape of one. */
  badActivationCode: 'badActivationCode',
  /** The house does not know the code, the wallet or the operation. */
  unknown: 'unknown',
  /** The code was used, the wallet was killed, or the operation is over. */
  gone: 'gone',
  /** Somebody answered already. */
  answered: 'answered',
  /** The wallet is bound to this device already. */
  alreadyBound: 'alreadyBound',
  /** No wallet is bound to this device. */
  notBound: 'notBound',
  /** Five wrong secret codes: the wallet must be bound anew. */
  locked: 'locked',
  /** The secret code was not the right one; `triesLeft` says how many are left. */
  wrongCode: 'wrongCode',
  /** The customer closed the question for the secret code. */
  cancelled: 'cancelled',
  /** The house refused the answer's signature. */
  refused: 'refused',
  /** The house cannot be reached, or cannot answer. */
  unreachable: 'unreachable',
});

/** An error with a `code` out of {@link CODES}. */
export class SdkError extends Error {
  constructor(code, message, more = {}) {
    super(message);
    this.name = 'SdkError';
    this.code = code;
    Object.assign(this, more);
  }
}
