/**
 * Ends a window in which a person signed in: sends a message to the frame that opened it, which acknowledges. If
 * the browser has severed the window from the frame, the person confirms with a click and the frame asks the
 * server.
 */
import { HTTP_STATUS } from '../base/units.ts';
import { dataOfPage, elementOf } from './elements.ts';
import { handoverMessage, isTaken } from './messages.ts';

const ACKNOWLEDGE_MS = 1500;

const { code, handover, approval } = dataOfPage('code', 'handover', 'approval');
const text = elementOf('text', HTMLElement);
const question = elementOf('question', HTMLElement);
const go = elementOf('continue', HTMLButtonElement);
let isKnown = false;

addEventListener('message', ({ origin, data }) => {
  if (origin !== location.origin || !isTaken(data)) return;
  isKnown = true;
  close();
});

const opener: Window | null = window.opener;
opener?.postMessage(handoverMessage({ handover, code }), location.origin);
setTimeout(
  () => {
    if (!isKnown) ask();
  },
  opener === null ? 0 : ACKNOWLEDGE_MS,
);

go.addEventListener('click', () => void approve());

function ask(): void {
  text.hidden = true;
  question.hidden = false;
  go.hidden = false;
  go.focus();
}

async function approve(): Promise<void> {
  go.disabled = true;
  const answer = await fetch('/auth/handover/approve', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ approval }),
  }).catch(() => undefined);
  text.hidden = false;
  if (answer === undefined || answer.status >= HTTP_STATUS.TOO_MANY_REQUESTS) {
    // Too many requests, or a server error: nothing is lost, and the person can click again.
    text.textContent = 'That did not work. Try again in a moment.';
    go.disabled = false;
    go.focus();
    return;
  }
  question.hidden = true;
  text.textContent = answer.ok
    ? 'Go back to ShotGrid. You can close this window.'
    : 'This window is too old. Close it, go back to ShotGrid and try again there.';
  go.hidden = true;
  if (answer.ok) close();
}
