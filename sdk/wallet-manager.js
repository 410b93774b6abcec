// LOADING: is a wallet bound to this device?

import { CODES } from './errors.js';
import { STATES, Wallet, isBound, walletOf } from './wallet.js';

export class WalletManager {
  #storage;
  #house;

  constructor(storage, house) {
    this.#storage = storage;
    this.#house = house;
  }

  /**
   * The wallet of this device. One that the house has killed is taken off the device, so that it can be bound anew. A
   * house that cannot be reached changes nothing: what the device knows is given.
   */
  async connect() {
    const record = await this.#storage.read();
    if (!isBound(record)) return walletOf(undefined);
    try {
      const { state } = await this.#house.challenges(record.walletId);
      if (state === STATES.locked) {
        return walletOf(await this.#storage.change((kept) => ({ ...kept, keys: null })));
      }
    } catch (error) {
      if (error.code === CODES.gone || error.code === CODES.unknown) {
        await this.#storage.remove();
        return new Wallet(STATES.onProvisioningRequired, { lost: true });
      }
      if (error.code !== CODES.unreachable) throw error;
    }
    return walletOf(record);
  }

  /** Takes the wallet off this device. It stays bound in the house until another one takes its place. */
  async forget() {
    await this.#storage.remove();
  }
}
