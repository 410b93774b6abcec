// The SDK: what an institution's own page or app needs to bind a device and to sign. See README.md.

import { Challenges } from './challenges.js';
import { promptCode } from './code-prompt.js';
import { CODES, SdkError } from './errors.js';
import { House } from './house.js';
import { DeviceStorage } from './storage.js';
import { isBound } from './wallet.js';
import { WalletManager } from './wallet-manager.js';
import { WalletProvisioning } from './wallet-provisioning.js';

export { readActivation } from './activation.js';
export { whenIdentified } from './identification-frame.js';
export { CODES, SdkError } from './errors.js';
export { STATES, TRIES_MAX } from './wallet.js';

/**
 * @param {string | URL} [options.baseUrl] where the house is; where this module was loaded from, unless it is given
 * @param {(question: object) => Promise<string | null>} [options.askCode] asks for the secret code; a dialog of ours,
 *   unless it is given
 * @param {object} [options.storage] keeps the wallet; IndexedDB, unless it is given
 */
export function createSdk({
  baseUrl = new URL('..', import.meta.url),
  askCode = promptCode,
  storage = new DeviceStorage(),
  crypto = globalThis.crypto,
  fetch = globalThis.fetch,
  now = Date.now,
} = {}) {
  const house = new House(baseUrl, fetch);
  return Object.freeze({
    walletManager: new WalletManager(storage, house),
    walletProvisioning: new WalletProvisioning(storage, house, crypto, askCode),
    challenges: new Challenges(storage, house, crypto, askCode, now),

    /** Where the customer's identity is checked: `{identification, technicalId, token, webviewUrl}`. */
    async getIssuerData() {
      const record = await storage.read();
      if (!isBound(record)) throw new SdkError(CODES.notBound, 'no wallet is bound to this device');
      return house.issuer(record.walletId);
    },
  });
}
