// PROVISIONING: a wallet is bound to this device by an activation code and a secret code.

import { readActivation } from './activation.js';
import { CODES, SdkError } from './errors.js';
import { isSecretCode, makeKeys } from './keys.js';
import { DeviceStorage } from './storage.js';
import { walletOf } from './wallet.js';

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
   * Has the customer choose a secret code, makes the keys, and binds the wallet.
   *
   * @param {string} activationCode as callback 35 brings it, or what a QR code holds
   */
  async launch(activationCode) {
    const activation = readActivation(activationCode);
    if (activation === null) throw new SdkError(CODES.badActivationCode, 'this is no activation code');
    const bound = await this.#storage.read();
    if (bound !== undefined && bound.keys !== null) {
      throw new SdkError(CODES.alreadyBound, 'a wallet is bound to this device');
    }
    const code = await this.#askCode({ purpose: 'choose' });
    if (code === null) throw new SdkError(CODES.cancelled, 'no secret code was chosen');
    if (!isSecretCode(code)) throw new TypeError('a secret code has five digits');
    const { keys, publicKey } = await makeKeys(code, this.#crypto);
    const { walletId } = await this.#house.bind(activation, publicKey);
    const record = { walletId, keys, failures: 0 };
    await this.#storage.replace(record);
    return walletOf(record);
  }
}
