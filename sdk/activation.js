// The activation code, as a customer may bring it: typed, pasted, scanned, or behind a link's `#`.

const CODE = /^[0-9a-f]{32}$/i;

/** The activation code in a text, in lower case; `null` if there is none. */
export function readActivation(text) {
  const raw = String(text ?? '').trim();
  const behind = raw.includes('#') ? raw.slice(raw.lastIndexOf('#') + 1) : raw;
  const code = behind.replaceAll(/[\s-]/g, '');
  return CODE.test(code) ? code.toLowerCase() : null;
}
