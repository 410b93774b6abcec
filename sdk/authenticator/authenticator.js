// The authenticator: for customers of an institution that has no app of its own.

import { CODES, STATES, createSdk, readActivation, whenIdentified } from '../sdk/index.js';
import { translate } from '../sdk/language.js';
import { scan, canScan } from './scan.js';
import { WORDS } from './words.js';

/** How often the house is asked what is to be signed, in milliseconds. */
const LOOK_MS = 3_000;

const sdk = createSdk();
const words = translate(WORDS);
const at = (id) => document.getElementById(id);
let shown = 'loading';

// A frame is called by its title where it is heard, not seen.
at('identification').title = words.identifyTitle;
let looking = null;

function show(id) {
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== id;
  if (id !== shown) at(id).querySelector('h1').focus();
  shown = id;
}

/** What went wrong, in words; whatever is no error of the SDK's is a defect, and is not hidden. */
function problem(error) {
  const said = words.problems[error.code];
  if (said === undefined) throw error;
  return typeof said === 'function' ? said(error.triesLeft) : said;
}

async function load() {
  takeBrought();
  try {
    const wallet = await sdk.walletManager.connect();
    if (wallet.state === STATES.onProvisioningRequired) return provision(wallet.lost);
    if (wallet.state === STATES.locked) return show('locked');
    await go();
  } catch (error) {
    if (!(error.code in CODES)) console.error(error);
    show('unfit');
  }
}

// From no wallet to a bound one.

async function provision(lost) {
  try {
    const { cameras } = await sdk.walletProvisioning.initialize();
    const scans = cameras && (await canScan());
    at('scan-start').hidden = !scans;
    at('scan-why').textContent = scans ? words.scanWhy : words.typeWhy;
  } catch (error) {
    if (error.code !== CODES.notEligible) throw error;
    return show('unfit');
  }
  at('lost').hidden = !lost;
  show('scan');
}

/** Takes the code that a link has brought. It does not stay in the address, which ends up in histories. */
function takeBrought() {
  const brought = readActivation(location.hash);
  if (brought === null) return;
  at('activation').value = brought;
  history.replaceState(null, '', location.pathname);
}

// A link may be opened while the page is open.
addEventListener('hashchange', takeBrought);

at('scan-start').addEventListener('click', async () => {
  at('scan-start').hidden = true;
  at('scanner').hidden = false;
  try {
    at('activation').value = await scan(at('scan-video'), readActivation);
    await bind();
  } catch {
    at('scan-problem').textContent = words.problems.camera;
  } finally {
    at('scanner').hidden = true;
    at('scan-start').hidden = false;
  }
});

at('code-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void bind();
});

async function bind() {
  at('scan-problem').textContent = '';
  at('bind').disabled = true;
  try {
    await sdk.walletProvisioning.launch(at('activation').value);
    at('activation').value = '';
    await go();
  } catch (error) {
    if (error.code !== CODES.cancelled) at('scan-problem').textContent = problem(error);
  } finally {
    at('bind').disabled = false;
  }
}

// A bound wallet: first the identity, then what is to be signed.

async function go() {
  const identity = await whereIdentified();
  if (identity === null) return home();
  at('identification').src = identity;
  show('identify');
  await whenIdentified(at('identification'));
  at('identification').removeAttribute('src');
  await home();
}

/** The address of the identification page, while the identity is to be shown there. */
async function whereIdentified() {
  try {
    const { institution, identification, webviewUrl } = await sdk.getIssuerData();
    at('brand').textContent = words.brand(institution);
    return identification === 'required' ? webviewUrl : null;
  } catch (error) {
    if (error.code === CODES.unknown || error.code === CODES.unreachable) return null;
    throw error;
  }
}

at('identify-later').addEventListener('click', () => home());
at('identify-now').addEventListener('click', () => go());
at('bind-again').addEventListener('click', async () => {
  await sdk.walletManager.forget();
  await provision(false);
});

async function home() {
  show('home');
  at('identity').hidden = (await whereIdentified()) === null;
  await look();
}

async function look() {
  clearTimeout(looking);
  if (shown !== 'home') return;
  try {
    draw(await sdk.challenges.list());
    at('home-problem').textContent = '';
  } catch (error) {
    if (error.code === CODES.gone || error.code === CODES.unknown || error.code === CODES.locked) return load();
    at('home-problem').textContent = problem(error);
  }
  looking = setTimeout(() => void look(), LOOK_MS);
}

function draw(challenges) {
  const list = at('challenges');
  const cards = new Map([...list.children].map((card) => [card.dataset.id, card]));
  at('none').hidden = challenges.length > 0;
  for (const challenge of challenges) {
    const card = cards.get(challenge.authenticationId) ?? cardOf(challenge);
    cards.delete(challenge.authenticationId);
    const left = sdk.challenges.secondsLeft(challenge);
    const seconds = String(left % 60).padStart(2, '0');
    card.querySelector('.left').textContent = words.left(Math.floor(left / 60), seconds);
    if (card.parentNode !== list) list.append(card);
  }
  for (const over of cards.values()) over.remove();
}

function cardOf(challenge) {
  const card = document.createElement('article');
  card.className = 'card';
  card.dataset.id = challenge.authenticationId;
  card.dataset.title = challenge.title;
  const title = Object.assign(document.createElement('h2'), { textContent: challenge.title });
  const details = document.createElement('dl');
  for (const { label, value } of challenge.details) {
    details.append(Object.assign(document.createElement('dt'), { textContent: label }));
    details.append(Object.assign(document.createElement('dd'), { textContent: value }));
  }
  // Read out once, not every time that the clock moves.
  const left = Object.assign(document.createElement('p'), { className: 'soft left' });
  left.setAttribute('aria-live', 'off');
  const approve = Object.assign(document.createElement('button'), { type: 'button', textContent: words.approve });
  const deny = Object.assign(document.createElement('button'), { type: 'button', textContent: words.deny });
  deny.className = 'second';
  approve.addEventListener('click', () => answer(card, challenge, 'approve'));
  deny.addEventListener('click', () => answer(card, challenge, 'deny'));
  const buttons = Object.assign(document.createElement('div'), { className: 'row' });
  buttons.append(deny, approve);
  card.append(title, details, left, buttons);
  return card;
}

async function answer(card, challenge, how) {
  const buttons = card.querySelectorAll('button');
  at('home-problem').textContent = '';
  at('told').textContent = '';
  for (const button of buttons) button.disabled = true;
  clearTimeout(looking);
  try {
    await sdk.challenges[how](challenge);
    at('told').textContent = (how === 'approve' ? words.approved : words.denied)(challenge.title);
  } catch (error) {
    if (error.code === CODES.locked) return load();
    if (error.code !== CODES.cancelled) {
      await look();
      at('home-problem').textContent = problem(error);
    }
  }
  for (const button of buttons) button.disabled = false;
  if (at('home-problem').textContent === '') return look();
  clearTimeout(looking);
  looking = setTimeout(() => void look(), LOOK_MS);
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void look();
  else clearTimeout(looking);
});

void load();
