// The house, over HTTP. Nothing but what the device knows goes there: no cookie, no referrer.

import { CODES, SdkError } from './errors.js';

/** How long the house may take to answer, in milliseconds. */
const PATIENCE_MS = 20_000;

const BY_STATUS = {
  400: [CODES.refused, 'the house does not take what was sent'],
  401: [CODES.refused, 'the house does not take the signature'],
  403: [CODES.locked, 'the wallet is locked'],
  404: [CODES.unknown, 'the house does not know it'],
  409: [CODES.answered, 'it is answered already'],
  410: [CODES.gone, 'it is over'],
  422: [CODES.refused, 'the house does not take what was sent'],
};

export class House {
  #base;
  #fetch;

  /** @param {string | URL} base where the house is; what is asked is below `sdk/v1/` there */
  constructor(base, fetching = globalThis.fetch) {
    this.#base = new URL('sdk/v1/', new URL(base));
    this.#fetch = fetching.bind(globalThis);
  }

  bind(activationCode, publicKey) {
    return this.#ask('POST', 'wallets', { activationCode, publicKey });
  }

  challenges(walletId) {
    return this.#ask('GET', `wallets/${encodeURIComponent(walletId)}/challenges`);
  }

  issuer(walletId) {
    return this.#ask('GET', `wallets/${encodeURIComponent(walletId)}/issuer`);
  }

  answer(authenticationId, answer) {
    return this.#ask('POST', `challenges/${encodeURIComponent(authenticationId)}`, answer);
  }

  async #ask(method, path, body) {
    const request = {
      method,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    if (body !== undefined) {
      request.headers = { 'content-type': 'application/json' };
      request.body = JSON.stringify(body);
    }
    let response;
    try {
      response = await this.#fetch(new URL(path, this.#base), request);
    } catch {
      throw new SdkError(CODES.unreachable, 'the house cannot be reached');
    }
    if (response.ok) return response.status === 204 ? null : response.json();
    const [code, message] = BY_STATUS[response.status] ?? [CODES.unreachable, 'the house cannot answer'];
    throw new SdkError(code, message, { status: response.status });
  }
}
