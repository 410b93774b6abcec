// PROVISIONING: a wallet is bound to this device by an activation code and a secret code.

import { readActivation } from './activation.js';
import { CODES, SdkError } from './errors.js';
import { isSecretCode, makeKeys } from './keys.js';
import { DeviceStorage } from './storage.js';
import { isBound, walletOf } from './wallet.js';

export class WalletProvisioning {
  #storage;
  #house;
  #crypto;
  #askCode;

  constructor(storage, house, crypto, askCode) {
    this.#storage = storage;
    this.#house = house;
    this.#crypto = crypto;
    this.#askCode = askCode;
  }

  /**
   * Whether this device can keep a wallet; asks the browser not to throw it away.
   *
   * @returns {Promise<{cameras: boolean, persistent: boolean}>}
   */
  async initialize() {
    if (globalThis.isSecureContext === false) {
      throw new SdkError(CODES.notEligible, 'a wallet needs https');
    }
    if (!this.#crypto?.subtle || (this.#storage instanceof DeviceStorage && !DeviceStorage.isThere())) {
      throw new SdkError(CODES.notEligible, 'this browser cannot keep keys');
    }
    try {
      await this.#storage.read();
    } catch {
      throw new SdkError(CODES.notEligible, 'this browser keeps nothing, as in a private window');
    }
    const cameras = Boolean(globalThis.navigator?.mediaDevices?.getUserMedia);
    const persistent = (await globalThis.navigator?.storage?.persist?.().catch(() => false)) ?? false;
    return { cameras, persistent };
  }

  /**
   * Has the customer choose a secret code, makes the keys, and binds the wallet. Where the house could not be reached, the
   * same code may be launched again, also after the page was closed: no other secret code is asked for.
   *
   * @param {string} activationCode as callback 35 brings it, or what a QR code holds
   */
  async launch(activationCode) {
    const activation = readActivation(activationCode);
    if (activation === null) throw new SdkError(CODES.badActivationCode, 'this is no activation code');
    const record = await this.#storage.read();
    if (isBound(record) && record.keys !== null) {
      throw new SdkError(CODES.alreadyBound, 'a wallet is bound to this device');
    }
    const waiting = record?.waiting?.activation === activation ? record : await this.#prepare(activation, record);
    const { keys } = waiting;
    let bound;
    try {
      bound = await this.#house.bind(activation, waiting.waiting.publicKey);
    } catch (error) {
      // Whoever did not hear the answer asks again with the same keys: the house may have bound them.
      if (error.code !== CODES.unreachable) await this.#leave(waiting);
      throw error;
    }
    const kept = { walletId: bound.walletId, keys, failures: 0 };
    await this.#storage.replace(kept);
    return walletOf(kept);
  }

  /** Has a secret code chosen, and keeps the keys made with it before the house hears of them. */
  async #prepare(activation, before) {
    const code = await this.#askCode({ purpose: 'choose' });
    if (code === null) throw new SdkError(CODES.cancelled, 'no secret code was chosen');
    if (!isSecretCode(code)) throw new TypeError('a secret code has five digits');
    const { keys, publicKey } = await makeKeys(code, this.#crypto);
    const left = isBound(before) ? before : (before?.waiting.before ?? null);
    const waiting = { walletId: null, keys, failures: 0, waiting: { activation, publicKey, before: left } };
    await this.#storage.replace(waiting);
    return waiting;
  }

  /** Nothing is kept of a wallet that the house does not bind. */
  async #leave({ waiting: { before } }) {
    if (before === null) await this.#storage.remove();
    else await this.#storage.replace(before);
  }
}
