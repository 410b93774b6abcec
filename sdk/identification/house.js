// The house, as the identification page asks it. Who knows the page's token may show documents.

/** What went wrong, as a word of the page's. */
export class Trouble extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

const BY_STATUS = { 400: 'refused', 404: 'unknown', 409: 'refused', 410: 'gone', 413: 'refused', 422: 'refused' };

/** How long an upload may take, in milliseconds. */
const PATIENCE_MS = 120_000;

export class House {
  #base;

  constructor(token) {
    this.#base = new URL(`../../v1/${encodeURIComponent(token)}/`, import.meta.url);
  }

  /** What is asked for, and by whom: `{institution, biometrics, document, selfie}`. */
  state() {
    return this.#ask('GET', 'state');
  }

  consent(consent) {
    const headers = { 'content-type': 'application/json' };
    return this.#ask('POST', 'biometrics', { headers, body: JSON.stringify({ consent }) });
  }

  document(kind, sides) {
    const form = new FormData();
    form.append('documentType', kind);
    for (const [side, blob] of Object.entries(sides)) form.append(side, blob, side);
    return this.#ask('POST', 'documents', { body: form });
  }

  selfie(frames) {
    const form = new FormData();
    frames.forEach((frame, at) => form.append(`frame${at + 1}`, frame, `frame${at + 1}`));
    return this.#ask('POST', 'selfie', { body: form });
  }

  done() {
    return this.#ask('POST', 'done');
  }

  async #ask(method, path, more = {}) {
    const always = { method, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' };
    let response;
    try {
      response = await fetch(new URL(path, this.#base), { ...always, ...more, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      throw new Trouble('unreachable');
    }
    if (!response.ok) throw new Trouble(BY_STATUS[response.status] ?? 'unreachable');
    return response.status === 204 ? null : response.json();
  }
}
