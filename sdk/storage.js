// Where the wallet is kept: IndexedDB, which also holds keys that the browser gives nobody.

const DATABASE = 'vestibule-wallet';
const STORE = 'wallet';
const KEY = 'current';

/** What keeps a wallet: `read()`, `replace(record)`, `change(record => record)`, `remove()`, all of them promises. */
export class DeviceStorage {
  #opened = null;

  /** Whether there is such a thing here. */
  static isThere() {
    return typeof indexedDB === 'object' && indexedDB !== null;
  }

  read() {
    return this.#run('readonly', (store) => store.get(KEY));
  }

  replace(record) {
    return this.#run('readwrite', (store) => store.put(record, KEY));
  }

  remove() {
    return this.#run('readwrite', (store) => store.delete(KEY));
  }

  /** Reads and writes in one transaction: two windows cannot both count the same try. Gives what was written. */
  async change(change) {
    let changed;
    await this.#run('readwrite', (store) => {
      const reading = store.get(KEY);
      reading.onsuccess = () => {
        changed = reading.result === undefined ? undefined : change(reading.result);
        if (changed !== undefined) store.put(changed, KEY);
      };
      return reading;
    });
    return changed;
  }

  async #run(mode, work) {
    this.#opened ??= open();
    const transaction = (await this.#opened).transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
