// A device and a house for tests. The house verifies what the real one verifies.

import { createSdk } from '../index.js';
import { signedBytes } from '../signing.js';

export class MemoryStorage {
  record;
  async read() {
    return this.record;
  }
  async replace(record) {
    this.record = record;
  }
  async remove() {
    this.record = undefined;
  }
  async change(change) {
    const changed = this.record === undefined ? undefined : change(this.record);
    if (changed !== undefined) this.record = changed;
    return changed;
  }
}

/** A house in memory: `requests` is what it was asked. */
export class FakeHouse {
  requests = [];
  state = 'bound';
  status = null;
  now = '2026-01-02T03:04:05Z';
  challenge = {
    authenticationId: '11111111-2222-4333-8444-555555555555',
    operation: 'terms',
    title: 'Acceptation des CGU',
    details: [],
    digest: 'ab'.repeat(32),
    expiresAt: '2026-01-02T03:09:05Z',
  };

  fetch = async (url, { method, body, credentials, referrerPolicy }) => {
    const sent = body === undefined ? undefined : JSON.parse(body);
    this.requests.push({ method, path: url.pathname, url, body: sent, credentials, referrerPolicy });
    if (this.status !== null) return new Response('{}', { status: this.status });
    if (url.pathname.endsWith('/wallets')) {
      this.publicKey = sent.publicKey;
      return Response.json({ walletId: 'wallet-1', state: 'bound' }, { status: 201 });
    }
    if (url.pathname.endsWith('/issuer')) return Response.json({ identification: 'required', webviewUrl: 'https://x/' });
    if (method === 'GET') {
      const { state, now } = this;
      return Response.json({ walletId: 'wallet-1', state, now, challenges: [this.challenge] });
    }
    if (sent.outcome === 'failed') return new Response(null, { status: 204 });
    return new Response(null, { status: (await this.verifies(sent)) ? 204 : 401 });
  };

  async verifies({ outcome, signedAt, signature }) {
    const { subtle } = globalThis.crypto;
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await subtle.importKey('jwk', this.publicKey, curve, false, ['verify']);
    const { authenticationId, digest } = this.challenge;
    const message = signedBytes({ authenticationId, digest, outcome, signedAt });
    return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(signature, 'base64url'), message);
  }
}

/** An SDK on a device whose customer types `codes`, one after the other. */
export function device(codes, now = () => Date.parse('2026-01-02T03:04:05Z')) {
  const house = new FakeHouse();
  const storage = new MemoryStorage();
  const questions = [];
  const askCode = async (question) => {
    questions.push(question);
    return codes.shift() ?? null;
  };
  const sdk = createSdk({ baseUrl: 'https://house.example/prefix/', askCode, storage, fetch: house.fetch, now });
  return { sdk, house, storage, questions };
}
