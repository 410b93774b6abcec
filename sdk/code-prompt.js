// The question for the secret code, as the SDK puts it itself: a dialog with five digits, twice where it is chosen.

import { isSecretCode } from './keys.js';
import { language } from './language.js';

const WORDS = {
  en: {
    choose: 'Choose a secret code',
    chooseWhy: 'Five digits. You will sign with them. They never leave this device, and nobody can send them to you again.',
    code: 'Secret code',
    again: 'Secret code, once more',
    ok: 'Confirm',
    cancel: 'Cancel',
    approved: 'Sign with your secret code',
    denied: 'Decline with your secret code',
    digits: 'Five digits are needed.',
    differ: 'The two codes are not the same.',
    show: 'Show the digits',
    left: (tries) => (tries === 1 ? 'This is the last try.' : `${tries} tries are left.`),
  },
  fr: {
    choose: 'Choisissez un code secret',
    chooseWhy: 'Cinq chiffres. Ils vous serviront à signer. Ils ne quittent jamais cet appareil, et personne ne peut vous les renvoyer.',
    code: 'Code secret',
    again: 'Code secret, une seconde fois',
    ok: 'Valider',
    cancel: 'Annuler',
    approved: 'Signez avec votre code secret',
    denied: 'Refusez avec votre code secret',
    digits: 'Il faut cinq chiffres.',
    differ: 'Les deux codes ne sont pas identiques.',
    show: 'Afficher les chiffres',
    left: (tries) => (tries === 1 ? 'C’est le dernier essai.' : `Il reste ${tries} essais.`),
  },
};

const STYLE = `
  .vestibule-code { box-sizing: border-box; width: min(26rem, calc(100vw - 2rem)); padding: 1.5rem; border: 0;
    border-radius: 1rem; color: #14213d; background: #fff; font: 1rem/1.5 system-ui, sans-serif;
    box-shadow: 0 1rem 3rem rgb(0 0 0 / 30%); }
  .vestibule-code::backdrop { background: rgb(10 20 40 / 60%); }
  .vestibule-code h2 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
  .vestibule-code p { margin: 0 0 1rem; }
  .vestibule-code label { display: block; margin: 0 0 .75rem; font-weight: 600; }
  .vestibule-code .digits { display: block; box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .6rem;
    border: 2px solid #5c6b8a; border-radius: .6rem; color: inherit; background: #fff;
    font: 600 1.5rem/1.2 ui-monospace, monospace; letter-spacing: .5em; text-align: center; }
  .vestibule-code .shown { display: flex; gap: .5rem; align-items: center; font-weight: 400; }
  .vestibule-code .shown input { width: 1.25rem; height: 1.25rem; }
  .vestibule-code .problem { min-height: 1.5rem; margin: 0 0 .5rem; color: #a4161a; font-weight: 600; }
  .vestibule-code .buttons { display: flex; gap: .75rem; }
  .vestibule-code button { flex: 1; min-height: 3rem; border: 2px solid #1d4ed8; border-radius: .6rem; cursor: pointer;
    color: #1d4ed8; background: #fff; font: 600 1rem/1.2 system-ui, sans-serif; }
  .vestibule-code button[type='submit'] { color: #fff; background: #1d4ed8; }
  .vestibule-code :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
  @media (prefers-color-scheme: dark) {
    .vestibule-code { color: #e8edf7; background: #1b2740; }
    .vestibule-code .digits { border-color: #8fa3c8; background: #101a2e; }
    .vestibule-code .problem { color: #ff9b9b; }
    .vestibule-code button { border-color: #8fb4ff; color: #8fb4ff; background: transparent; }
    .vestibule-code button[type='submit'] { border-color: #1d4ed8; }
  }
`;

let styled = false;

/**
 * Asks for the secret code.
 *
 * @param {'choose' | 'approved' | 'denied'} question.purpose what it is for
 * @param {{title: string}} [question.challenge] what is being answered
 * @param {number} [question.triesLeft] how many wrong codes lock the wallet
 * @returns {Promise<string | null>} the code; `null` if the customer gave none
 */
export function promptCode({ purpose, challenge, triesLeft = Infinity }) {
  style();
  const words = WORDS[language()];
  const choosing = purpose === 'choose';
  const dialog = element('dialog', { className: 'vestibule-code' });
  const form = element('form', { noValidate: true });
  const heading = element('h2', { textContent: words[purpose], id: 'vestibule-code-heading' });
  dialog.setAttribute('aria-labelledby', heading.id);
  const why = choosing ? words.chooseWhy : (challenge?.title ?? '');
  const first = digits(words.code, 'vestibule-code');
  const second = choosing ? digits(words.again, 'vestibule-code-again') : null;
  const show = element('input', { type: 'checkbox' });
  const shown = element('label', { className: 'shown' });
  shown.append(show, words.show);
  const problem = element('p', { className: 'problem', id: 'vestibule-code-problem' });
  problem.setAttribute('role', 'alert');
  if (triesLeft < 5) problem.textContent = words.left(triesLeft);
  const cancel = element('button', { type: 'button', textContent: words.cancel });
  const ok = element('button', { type: 'submit', textContent: words.ok });
  const buttons = element('div', { className: 'buttons' });
  buttons.append(cancel, ok);
  form.append(heading, element('p', { textContent: why }), first.label, ...(second ? [second.label] : []), shown);
  form.append(problem, buttons);
  dialog.append(form);
  document.body.append(dialog);

  return new Promise((resolve) => {
    const end = (code) => {
      dialog.close();
      dialog.remove();
      resolve(code);
    };
    const complain = (text, input) => {
      problem.textContent = text;
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', problem.id);
      input.value = '';
      input.focus();
    };
    show.addEventListener('change', () => {
      for (const field of [first, second]) field?.input.setAttribute('type', show.checked ? 'text' : 'password');
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!isSecretCode(first.input.value)) return complain(words.digits, first.input);
      if (second && second.input.value !== first.input.value) return complain(words.differ, second.input);
      end(first.input.value);
    });
    cancel.addEventListener('click', () => end(null));
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      end(null);
    });
    dialog.showModal();
    first.input.focus();
  });
}

function digits(text, name) {
  const input = element('input', { className: 'digits', type: 'password', name, inputMode: 'numeric', maxLength: 5 });
  // No password manager is to keep it: it would leave the device with that.
  input.autocomplete = 'off';
  input.addEventListener('input', () => {
    input.value = input.value.replaceAll(/[^0-9]/g, '');
    input.removeAttribute('aria-invalid');
  });
  const label = element('label');
  label.append(text, input);
  return { label, input };
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function style() {
  if (styled) return;
  // A sheet made by a script needs no exception in a content security policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  styled = true;
}
