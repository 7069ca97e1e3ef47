import type { Asked } from '../../identity/session/handovers.ts';
import { fillMarkup, renderScriptPage, scriptSourceOf } from './script-page.ts';

/**
 * Ends a sign-in window: tells the frame that opened it, which acknowledges; where there is none to tell (the
 * browser has cut the window off), the person says so with a click and the frame asks the server.
 */
const WINDOW_SCRIPT = `
(() => {
  'use strict';
  const ACKNOWLEDGE_MS = 1500;
  const { code, handover, approval } = document.querySelector('main').dataset;
  const [text, question, go] = ['text', 'question', 'continue'].map((id) => document.getElementById(id));
  let isTaken = false;

  addEventListener('message', ({ origin, data }) => {
    if (origin !== location.origin || data === null || data.type !== 'shotgraph-handover-taken') return;
    isTaken = true;
    close();
  });

  const opener = window.opener;
  if (opener) opener.postMessage({ type: 'shotgraph-handover', handover, code }, location.origin);
  setTimeout(() => {
    if (isTaken) return;
    text.hidden = true;
    question.hidden = false;
    go.hidden = false;
    go.focus();
  }, opener ? ACKNOWLEDGE_MS : 0);

  go.addEventListener('click', async () => {
    go.disabled = true;
    const answer = await fetch('/auth/handover/approve', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ approval }),
    }).catch(() => undefined);
    text.hidden = false;
    if (!answer || answer.status >= 429) {
      // Nothing is lost: the click counts once it has arrived.
      text.textContent = 'That did not work. Try again in a moment.';
      go.disabled = false;
      go.focus();
      return;
    }
    question.hidden = true;
    text.textContent =
      answer.ok
        ? 'Go back to ShotGrid. You can close this window.'
        : 'This window is too old. Close it, go back to ShotGrid and try again there.';
    go.hidden = true;
    if (answer.ok) close();
  });
})();
`;

/** The only script that the page's policy admits. */
export const WINDOW_SCRIPT_SOURCE = scriptSourceOf(WINDOW_SCRIPT);

export interface WindowPage {
  readonly displayName: string;
  readonly code: string;
  readonly approval: string;
  readonly handoverId: string;
  readonly number: string;
  /** Who has asked for the session. */
  readonly asked: Asked;
}

const CONTENT = `<h1>Signed in as <%= it.displayName %></h1>
<p id="text" role="status">This window closes by itself.</p>
<div id="question" hidden>
<p>Asked for by ShotGrid: <%= it.asked.login %> chose the menu item "<%= it.asked.ami %>" there at <%= it.time %>. Was that you, just now? If not, close this window.</p>
<p>Does ShotGrid show this number? Then go on there as <%= it.displayName %>. If it shows another one or none, close this window.</p>
<p class="number"><%= it.number %></p>
</div>
<div class="actions"><button id="continue" class="button" type="button" hidden>Continue in ShotGrid</button></div>`;

export const renderWindowPage = (page: WindowPage): string =>
  renderScriptPage({
    title: 'Signed in',
    data: { code: page.code, handover: page.handoverId, approval: page.approval },
    content: fillMarkup(CONTENT, { ...page, time: timeOf(page.asked.atMs) }),
    script: WINDOW_SCRIPT,
  });

/** `2026-09-04 17:42 UTC` */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
