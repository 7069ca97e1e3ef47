/**
 * What runs in ShotGrid's frame (security.md 4.2). Everything that takes time is done before the click: a window
 * that is opened later counts as a pop-up and is blocked. Whether the window is closed is never asked: a provider
 * that sends COOP makes it look closed while the person types.
 */
export const OVERLAY_SCRIPT = `
(() => {
  'use strict';
  const POLL_MS = 1500;
  const MAX_WAIT_MS = 300000;
  const RENEW_TICKET_MS = 45000;
  const HINT_MS = 2000;
  const AGAIN = { select_account: 'Use another account', login: 'Sign in again' };
  const REFUSED = [
    'Nothing was opened',
    'The sign-in took too long. Choose the menu item in ShotGrid again.',
  ];
  const main = document.querySelector('main');
  const [heading, text, number, signIn, newTab] =
    ['heading', 'text', 'number', 'sign-in', 'new-tab'].map((id) => document.getElementById(id));
  const { launch, again } = main.dataset;
  const begun = new Map();
  let next;
  let watched;
  let isDone = false;
  let prompt = null;

  const show = (title, sentence, label) => {
    heading.textContent = title;
    text.textContent = sentence;
    signIn.hidden = label === undefined;
    if (label !== undefined) signIn.textContent = label;
  };

  /** The launch is over: a new tab could not go on with it either. */
  const end = (title, sentence) => {
    newTab.hidden = true;
    stop(title, sentence);
  };

  const stop = (title, sentence) => {
    isDone = true;
    watched = undefined;
    number.hidden = true;
    show(title, sentence);
  };

  const ask = async (path, body) => {
    const answer = await fetch('/auth/handover/' + path, {
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify({ launch, ...body }) }),
    });
    const content = await answer.json();
    if (answer.ok) return content;
    throw Object.assign(new Error(content.error.message), { status: answer.status });
  };

  const base64url = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

  const prepare = async () => {
    const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    const answer = await ask('start', { challenge: base64url(new Uint8Array(digest)), stepUp: again !== '' });
    if (answer.open) {
      isDone = true;
      location.replace(answer.open);
      return;
    }
    next = answer;
    begun.set(answer.handover, verifier);
  };

  const offer = () =>
    prepare().then(() => {
      if (!isDone) show('Sign in to go on', 'A small window opens for it. Your selection is kept.', 'Sign in');
    }, fail);

  /** The selection waits for the person who clicked: with single sign-on, only another prompt gives another account. */
  const offerAgain = (wanted) => {
    watched = undefined;
    next = undefined;
    prompt = wanted;
    number.hidden = true;
    newTab.hidden = true;
    show('Nothing was opened', 'The window says why. Your selection is kept.');
    prepare().then(() => {
      if (!isDone) show('Nothing was opened', 'The window says why. Your selection is kept.', AGAIN[prompt] || 'Try again');
    }, fail);
  };

  const fail = (error) => {
    if (error.status === 404 || error.status === 410) {
      end('This cannot go on here', error.message);
    } else {
      next = undefined;
      show('That did not work', error.message || 'The server cannot be reached.', 'Try again');
    }
  };

  const redeem = async (handover, code) => {
    const verifier = begun.get(handover);
    if (isDone || verifier === undefined) return;
    begun.delete(handover);
    watched = undefined;
    try {
      const { open } = await ask('redeem', { code, verifier });
      isDone = true;
      location.replace(open);
    } catch (error) {
      fail(error);
    }
  };

  const poll = async (handover, endsAt) => {
    if (isDone || watched !== handover) return;
    if (Date.now() >= endsAt) {
      watched = undefined;
      next = undefined;
      number.hidden = true;
      show('This took too long', 'Nobody has signed in in the window. Your selection is kept.', 'Try again');
      return;
    }
    try {
      const query = new URLSearchParams({ launch, handover });
      const state = await ask('poll?' + query);
      if (state.kind === 'approved') {
        await redeem(handover, state.code);
        return;
      }
      if (state.kind === 'refused' && watched === handover) {
        offerAgain(state.prompt);
        return;
      }
      if (state.kind !== 'waiting' && watched === handover) {
        end(...REFUSED);
        return;
      }
    } catch (error) {
      if (error.status === 404 && watched === handover) {
        end(...REFUSED);
        return;
      }
    }
    setTimeout(() => poll(handover, endsAt), POLL_MS);
  };

  signIn.addEventListener('click', () => {
    if (next === undefined) {
      offer();
      return;
    }
    const { handover, ticket, number: digits } = next;
    next = undefined;
    const asked = Object.fromEntries(new URLSearchParams(again));
    const query = new URLSearchParams({ ...asked, ticket, ...(prompt && { prompt }) });
    open('/auth/handover/popup?' + query, 'l' + launch.slice(0, 8), 'popup,width=520,height=680');
    watched = handover;
    number.textContent = digits;
    number.hidden = false;
    show('Sign in in the window', 'It may ask you to compare this number.');
    setTimeout(() => {
      if (watched !== handover) return;
      prepare().then(() => {
        if (watched === handover)
          show('Sign in in the window', 'It may ask you to compare this number. No window? Open it again, or a new tab.', 'Open the window again');
      }, () => undefined);
    }, HINT_MS);
    poll(handover, Date.now() + MAX_WAIT_MS);
  });

  addEventListener('message', (event) => {
    const { origin, source, data } = event;
    if (origin !== location.origin || typeof data !== 'object' || data === null) return;
    const { type, handover, code } = data;
    if (type !== 'shotgraph-handover' || !begun.has(handover) || typeof code !== 'string') return;
    if (source) source.postMessage({ type: 'shotgraph-handover-taken' }, location.origin);
    redeem(handover, code);
  });

  newTab.addEventListener('click', () => {
    if (!isDone) show('Go on in the new tab', 'You can close this. No new tab? Copy the address of the link into one.', signIn.hidden ? undefined : signIn.textContent);
  });

  // In a sandbox without an origin nothing of ours is answered.
  if (main.dataset.blocked === 'true' || self.origin === 'null') {
    stop('Open this in a new tab', 'Your browser does not let this tool sign you in inside ShotGrid. Your selection comes along.');
    setTimeout(() => location.reload(), RENEW_TICKET_MS);
  } else {
    setInterval(() => {
      if (!isDone) ask('ticket', {}).then(({ href }) => newTab.setAttribute('href', href), () => undefined);
    }, RENEW_TICKET_MS);
    offer();
  }
})();
`;
