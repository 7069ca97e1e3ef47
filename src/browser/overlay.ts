/** Runs in ShotGrid's frame before its front end does. */
import { dataOfPage } from './elements.ts';
import { FramePage } from './frame-page.ts';
import { FrameSignIn } from './frame-sign-in.ts';
import { HandoverServer } from './handover-server.ts';

const RENEW_TICKET_MS = 45_000;

const { launch, blocked, again } = dataOfPage('launch', 'blocked', 'again');
const page = new FramePage();
const server = new HandoverServer(launch);
const signIn = new FrameSignIn({ launch, again, page, server });

page.signIn.addEventListener('click', () => signIn.click());
page.newTab.addEventListener('click', () => signIn.goOnInNewTab());
addEventListener('message', (event) => signIn.hear(event));

// In a sandbox the frame has no origin, and our server refuses its requests.
if (blocked === 'true' || self.origin === 'null') {
  signIn.stop(
    'Open this in a new tab',
    'Your browser does not let this tool sign you in inside ShotGrid. Your selection comes along.',
  );
  setTimeout(() => location.reload(), RENEW_TICKET_MS);
} else {
  setInterval(() => void renewTabAddress(), RENEW_TICKET_MS);
  void signIn.offer();
}

/** Its ticket is valid for a minute. If a new one cannot be fetched now, it is requested again later. */
async function renewTabAddress(): Promise<void> {
  if (signIn.isDone) return;
  const address = await server.tabAddress().catch(() => undefined);
  if (address !== undefined) page.newTab.setAttribute('href', address);
}
