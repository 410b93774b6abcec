// One shot: by the camera, or as a file where there is none. A document is a picture, a selfie some frames of a film.

import { BYTES_MAX, draw, jpeg } from './picture.js';

/** Frames of a selfie, and the time between two of them in milliseconds: three seconds in all. */
const FRAMES = 5;
const BETWEEN_MS = 600;

/** How long a camera may take to show something, in milliseconds; some never do. */
const CAMERA_MS = 8_000;

const at = (id) => document.getElementById(id);

/**
 * Has the customer take a shot.
 *
 * @param {'user' | 'environment'} shot.facing which camera
 * @param {boolean} shot.selfie frames of a film, not a picture
 * @returns {Promise<Blob[]>}
 */
export async function capture({ title, why, step, facing, selfie }, words) {
  at('capture').classList.toggle('selfie', selfie);
  at('step').textContent = step;
  at('capture-title').textContent = title;
  at('capture-why').textContent = why;
  at('take').textContent = selfie ? words.film : words.take;
  at('use').textContent = selfie ? words.useSelfie : words.use;
  at('file').accept = selfie ? 'image/*' : 'image/*,application/pdf';
  at('file').setAttribute('capture', facing);
  at('file').value = '';
  at('preview').setAttribute('aria-label', selfie ? words.previewSelfie : words.previewDocument);
  at('capture-problem').textContent = '';

  const over = new AbortController();
  const until = { signal: over.signal };
  const stop = await camera(facing, words);
  try {
    return await new Promise((resolve) => {
      let shot = null;
      const preview = (blobs, problem) => {
        shot = blobs;
        at('capture-problem').textContent = problem === null ? '' : words[problem];
        at('preview').hidden = false;
        at('video').hidden = true;
        at('stage').hidden = false;
        at('live').hidden = true;
        at('look').hidden = false;
        at('use').disabled = problem !== null;
        at(problem === null ? 'use' : 'again').focus();
      };
      at('take').addEventListener('click', async () => {
        at('take').disabled = true;
        try {
          const { blobs, problem } = selfie ? await film(words) : await still(at('video'));
          preview(blobs, problem);
        } finally {
          at('take').disabled = false;
        }
      }, until);
      at('again').addEventListener('click', () => live(stop !== null), until);
      at('use').addEventListener('click', () => resolve(shot), until);
      at('file').addEventListener('change', async () => {
        const [file] = at('file').files;
        if (file === undefined) return;
        at('file').value = '';
        if (!selfie && file.type === 'application/pdf' && file.size <= BYTES_MAX) return resolve([file]);
        try {
          const bitmap = await createImageBitmap(file);
          const { blobs, problem } = await still(bitmap);
          bitmap.close();
          preview(blobs, problem);
        } catch {
          at('capture-problem').textContent = selfie ? words.badSelfieFile : words.badFile;
        }
      }, until);
    });
  } finally {
    over.abort();
    stop?.();
  }
}

/** Puts the camera on the page; gives what switches it off, or nothing where there is none. */
async function camera(facing, words) {
  live(false);
  try {
    const video = { facingMode: { ideal: facing }, width: { ideal: 1920 }, height: { ideal: 1080 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    const stop = () => {
      for (const track of stream.getTracks()) track.stop();
      at('video').srcObject = null;
    };
    at('video').srcObject = stream;
    at('video').hidden = false;
    try {
      await Promise.race([at('video').play(), late()]);
    } catch (error) {
      stop();
      throw error;
    }
    live(true);
    return stop;
  } catch {
    at('capture-problem').textContent = words.noCamera;
    return null;
  }
}

function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('the camera shows nothing')), CAMERA_MS));
}

function live(there) {
  at('preview').hidden = true;
  at('look').hidden = true;
  at('video').hidden = !there;
  at('stage').hidden = !there;
  at('live').hidden = !there;
  at('count').textContent = '';
  if (there) at('capture-problem').textContent = '';
}

async function still(source) {
  const problem = draw(source, at('preview'));
  return { blobs: [await jpeg(at('preview'))], problem };
}

async function film(words) {
  const blobs = [];
  let problem = null;
  at('count').textContent = words.filming;
  for (let frame = 0; frame < FRAMES; frame += 1) {
    if (frame > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    const shot = await still(at('video'));
    blobs.push(...shot.blobs);
    problem ??= shot.problem;
  }
  at('count').textContent = '';
  return { blobs, problem };
}
