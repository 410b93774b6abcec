// Which of the languages that the pages speak is the customer's.

/** `fr` or `en`: what the page says of itself, else what the browser prefers first. */
export function language() {
  return /^fr\b/i.test(document.documentElement.lang || navigator.language) ? 'fr' : 'en';
}

/** Puts the customer's words into every element that has `data-t`, and gives them. The dictionary has `en` and `fr`. */
export function translate(dictionary) {
  const chosen = language();
  document.documentElement.lang = chosen;
  const words = dictionary[chosen];
  for (const place of document.querySelectorAll('[data-t]')) place.textContent = words[place.dataset.t];
  document.title = words.title;
  return words;
}
