// What of the pages needs no browser: words and pictures.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { WORDS as authenticator } from '../authenticator/words.js';
import { fitted, lightOf } from '../identification/picture.js';
import { WORDS as identification } from '../identification/words.js';

const shape = (words) =>
  Object.entries(words).map(([key, said]) => [key, typeof said === 'object' ? shape(said) : typeof said]);

for (const [name, words] of Object.entries({ authenticator, identification })) {
  test(`${name}: every language says everything`, async () => {
    assert.deepEqual(shape(words.en), shape(words.fr));
    const page = await readFile(new URL(`../${name}/index.html`, import.meta.url), 'utf8');
    const wanted = [...page.matchAll(/data-t="(\w+)"/g)].map(([, key]) => key);
    assert.ok(wanted.length > 5);
    for (const key of wanted) assert.equal(typeof words.en[key], 'string', key);
  });

  test(`${name}: the page asks nobody else, and holds no script or style of its own`, async () => {
    const page = await readFile(new URL(`../${name}/index.html`, import.meta.url), 'utf8');
    assert.doesNotMatch(page, /https?:\/\//);
    assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    for (const [, file] of page.matchAll(/<script[^>]* src="([\w.]+)"/g)) {
      await readFile(new URL(`../${name}/${file}`, import.meta.url));
    }
  });
}

test('light is told from darkness', () => {
  const grey = (level) => new Uint8ClampedArray(400).map((_, at) => (at % 4 === 3 ? 255 : level));
  assert.deepEqual([0, 39, 40, 128, 225, 226, 255].map((level) => lightOf(grey(level))), [
    'tooDark', 'tooDark', null, null, null, 'tooBright', 'tooBright',
  ]);
});

test('a picture is made smaller, never larger', () => {
  assert.deepEqual(fitted(640, 480), [640, 480]);
  assert.deepEqual(fitted(4800, 2400), [2400, 1200]);
  assert.deepEqual(fitted(1, 100_000), [1, 2400]);
});
