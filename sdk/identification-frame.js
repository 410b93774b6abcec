// The identification page in a frame: when it is over.

/** How often a frame's address is looked at, in milliseconds. */
const LOOK_MS = 300;

/**
 * Comes back when the page in the frame has put `#SUCCESS` behind its address, which it does however the identification
 * ends. A page of another origin says so by a message, because its address cannot be read.
 */
export function whenIdentified(frame, { signal } = {}) {
  return new Promise((resolve, reject) => {
    const over = (done) => {
      clearInterval(looking);
      removeEventListener('message', heard);
      done();
    };
    const heard = ({ source, data }) => {
      if (source === frame.contentWindow && data?.type === 'vestibule.identification') over(resolve);
    };
    const looking = setInterval(() => {
      try {
        if (frame.contentWindow?.location.hash === '#SUCCESS') over(resolve);
      } catch {
        // Another origin: it will say so.
      }
    }, LOOK_MS);
    addEventListener('message', heard);
    signal?.addEventListener('abort', () => over(() => reject(signal.reason)));
  });
}
