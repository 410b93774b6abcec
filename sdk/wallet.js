// The security wallet of this device, and its states.

/** States of a wallet. */
export const STATES = Object.freeze({
  /** No wallet is bound to this device: initialise, then launch. */
  onProvisioningRequired: 'onProvisioningRequired',
  /** A wallet is bound to this device. */
  bound: 'bound',
  /** A wallet is bound, but five wrong secret codes have locked it. */
  locked: 'locked',
});

/** Wrong secret codes in a row that lock a wallet. The house counts as well. */
export const TRIES_MAX = 5;

/** The wallet as {@link WalletManager} gives it. */
export class Wallet {
  constructor(state, { walletId = null, lost = false } = {}) {
    /** One of {@link STATES}. */
    this.state = state;
    /** Its id in the house, or `null`. */
    this.walletId = walletId;
    /** Whether a wallet that was bound here is no more: the house has killed it. */
    this.lost = lost;
    Object.freeze(this);
  }
}

/** Whether a record is of a wallet that the house has bound. One that waits for the answer has no id. */
export const isBound = (record) => record !== undefined && record.walletId !== null;

/** The wallet that a record on the device says. */
export function walletOf(record) {
  if (!isBound(record)) return new Wallet(STATES.onProvisioningRequired);
  const state = record.keys === null ? STATES.locked : STATES.bound;
  return new Wallet(state, { walletId: record.walletId });
}
