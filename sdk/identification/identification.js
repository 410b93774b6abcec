// The identification page: consent, document, face; then `#SUCCESS`, whatever comes of it.

import { capture } from './capture.js';
import { House, Trouble } from './house.js';
import { translate } from './language.js';
import { WORDS } from './words.js';

const words = translate(WORDS);
const at = (id) => document.getElementById(id);
const house = new House(new URLSearchParams(location.search).get('token') ?? '');

function show(id) {
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== id;
  at(id).querySelector('h1').focus();
  scrollTo(0, 0);
}

/** The first of these buttons that is pressed. */
function pressed(...ids) {
  const over = new AbortController();
  return new Promise((resolve) => {
    for (const id of ids) at(id).addEventListener('click', () => resolve(id), { signal: over.signal });
  }).finally(() => over.abort());
}

async function begin() {
  try {
    const state = await house.state();
    // Who frames the page shows its own name already, and each line pushes the choice further down.
    at('institution').textContent = parent === window ? state.institution : '';
    at('consent-who').textContent = words.consentWho(state.institution);
    // Who has agreed and comes back may still change its mind: a face is never filmed without the question.
    const faces = state.biometrics !== 'refused' && (!state.selfie || (await consent()));
    const shots = await shoot(state, faces);
    show('sending');
    // What was sent before a break is not sent twice: the house says what it still wants.
    if (shots.sides) await house.document(shots.kind, shots.sides);
    if (shots.frames) await house.selfie(shots.frames);
    await house.done();
    end(faces);
  } catch (error) {
    trouble(error);
  }
}

async function consent() {
  show('consent');
  const accepted = (await pressed('accept', 'refuse')) === 'accept';
  await house.consent(accepted);
  return accepted;
}

/** Everything that is still wanted, taken before any of it is sent. */
async function shoot({ document: documentWanted, selfie: selfieWanted }, faces) {
  const wanted = documentWanted ? await kind(faces) : null;
  const sides = wanted === null ? [] : wanted === 'PASSPORT' ? ['front'] : ['front', 'back'];
  const filmed = faces && selfieWanted;
  const steps = sides.length + (filmed ? 1 : 0);
  const shots = { kind: wanted, sides: null, frames: null };
  show('capture');
  for (const [index, side] of sides.entries()) {
    const title = wanted === 'PASSPORT' ? words.passportFront : words[side];
    const step = words.step(index + 1, steps);
    const [blob] = await shot({ title, why: words.documentWhy, step, facing: 'environment', selfie: false });
    shots.sides = { ...shots.sides, [side]: blob };
  }
  if (filmed) {
    const step = words.step(steps, steps);
    shots.frames = await shot({ title: words.selfie, why: words.selfieWhy, step, facing: 'user', selfie: true });
  }
  return shots;
}

function shot(what) {
  at('capture-title').focus();
  scrollTo(0, 0);
  return capture(what, words);
}

function kind(faces) {
  at('transfer-note').hidden = faces;
  show('kind');
  return new Promise((resolve) => {
    at('kind-form').addEventListener('submit', (event) => {
      event.preventDefault();
      fillScreen();
      resolve(new FormData(at('kind-form')).get('kind'));
    }, { once: true });
  });
}

/** A telephone's screen is wholly the page's while pictures are taken; where that is not allowed, it goes without. */
function fillScreen() {
  if (matchMedia('(pointer: coarse)').matches && document.fullscreenEnabled) {
    document.documentElement.requestFullscreen({ navigationUI: 'hide' }).catch(() => {});
  }
}

function leaveScreen() {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
}

function end(faces) {
  leaveScreen();
  at('done-transfer').hidden = faces;
  show('done');
  // Whoever embeds the page waits for this. It says that the page is over, not how.
  location.hash = '#SUCCESS';
  parent.postMessage({ type: 'vestibule.identification', state: 'SUCCESS' }, '*');
}

function trouble(error) {
  leaveScreen();
  if (!(error instanceof Trouble)) console.error(error);
  const word = error instanceof Trouble ? error.word : 'unreachable';
  at('trouble-why').textContent = words[word];
  at('retry').hidden = word === 'gone' || word === 'unknown';
  show('trouble');
}

at('retry').addEventListener('click', () => {
  show('loading');
  void begin();
});

void begin();
