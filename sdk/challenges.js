// What waits for the customer's strong authentication: shown in words, approved or denied with the secret code.

import { base64url } from './bytes.js';
import { CODES, SdkError } from './errors.js';
import { unlock } from './keys.js';
import { signedBytes } from './signing.js';
import { TRIES_MAX, isBound } from './wallet.js';

const ECDSA = { name: 'ECDSA', hash: 'SHA-256' };

export class Challenges {
  #storage;
  #house;
  #crypto;
  #askCode;
  #now;
  /** How far the device's clock is behind the house's, in seconds. */
  #behind = 0;

  constructor(storage, house, crypto, askCode, now = Date.now) {
    this.#storage = storage;
    this.#house = house;
    this.#crypto = crypto;
    this.#askCode = askCode;
    this.#now = now;
  }

  /** What is open, the oldest first. */
  async list() {
    const { walletId } = await this.#wallet();
    const { challenges, now } = await this.#house.challenges(walletId);
    this.#behind = Math.floor(Date.parse(now) / 1000) - this.#seconds();
    return challenges;
  }

  /** Signs that the customer wants it. */
  approve(challenge) {
    return this.#answer(challenge, 'approved');
  }

  /** Signs that the customer does not. */
  deny(challenge) {
    return this.#answer(challenge, 'denied');
  }

  /** How many seconds are left for a challenge. */
  secondsLeft(challenge) {
    const now = this.#seconds() + this.#behind;
    return Math.max(0, Math.floor(Date.parse(challenge.expiresAt) / 1000) - now);
  }

  async #answer(challenge, outcome) {
    const { failures } = await this.#wallet();
    const triesLeft = TRIES_MAX - failures;
    const code = await this.#askCode({ purpose: outcome, challenge, triesLeft });
    if (code === null) throw new SdkError(CODES.cancelled, 'no secret code was given');
    const tried = await this.#count();
    const { walletId } = tried;
    const { authenticationId, digest } = challenge;
    const key = await unlock(tried.keys, code, this.#crypto);
    if (key === null) return this.#failed(tried, authenticationId);
    const signedAt = this.#seconds() + this.#behind;
    const message = signedBytes({ authenticationId, digest, outcome, signedAt });
    const signature = base64url(await this.#crypto.subtle.sign(ECDSA, key, message));
    await this.#storage.change((kept) => ({ ...kept, failures: 0 }));
    await this.#house.answer(authenticationId, { walletId, outcome, signedAt, signature });
  }

  /** Counts a try before it is one: who closes the page in time has not tried for nothing. */
  async #count() {
    const counted = await this.#storage.change((kept) => {
      return kept.keys === null ? undefined : { ...kept, failures: kept.failures + 1 };
    });
    if (counted === undefined) throw new SdkError(CODES.locked, 'the wallet is locked');
    return counted;
  }

  async #failed({ walletId, failures }, authenticationId) {
    const triesLeft = Math.max(0, TRIES_MAX - failures);
    if (triesLeft === 0) await this.#storage.change((kept) => ({ ...kept, keys: null }));
    try {
      await this.#house.answer(authenticationId, { walletId, outcome: 'failed' });
    } catch (error) {
      // What the device has counted holds, also where the house cannot be told or knows better.
      if (![CODES.unreachable, CODES.answered, CODES.gone, CODES.refused].includes(error.code)) throw error;
    }
    if (triesLeft === 0) throw new SdkError(CODES.locked, 'too many wrong secret codes: the wallet is locked');
    throw new SdkError(CODES.wrongCode, 'the secret code is wrong', { triesLeft });
  }

  async #wallet() {
    const record = await this.#storage.read();
    if (!isBound(record)) throw new SdkError(CODES.notBound, 'no wallet is bound to this device');
    if (record.keys === null) throw new SdkError(CODES.locked, 'the wallet is locked');
    return record;
  }

  #seconds() {
    return Math.floor(this.#now() / 1000);
  }
}
