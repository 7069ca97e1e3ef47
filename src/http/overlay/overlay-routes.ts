import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { isRandomToken, type LaunchId } from '../../base/ids.ts';
import type { HandoverContent } from '../../identity/session/handovers.ts';
import { parseClaimsRequest } from '../../identity/provider/step-up.ts';
import type { Launch } from '../../launch/launch.ts';
import { claim } from '../launch/claim-launch.ts';
import { beginFirsts } from '../launch/first-request.ts';
import { clearCookie, cookieOf, OVERLAY_SESSION_COOKIE, overlayLaunchCookie } from '../request/cookies.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import { addressOf, unknownLaunch } from '../launch/launch-routes.ts';
import { needsLink, loginPath, parsePrompt } from '../session/refused-account.ts';
import { renderOverlayPage } from '../pages/overlay-page.ts';
import { assertOwnPage } from '../guard/request-checks.ts';
import { stateOf } from '../request/request-state.ts';
import { allowOverlayPage } from '../guard/security-headers.ts';
import { expectRequests } from '../session/first-sign.ts';
import { beginSession, liveSession, revokeUnused } from '../session/sign-in-flow.ts';
import { queryTextOf, textsOf } from '../request/read-body.ts';

/**
 * GET /overlay/<id>?stepUp=&claims=&prompt= : the first page in ShotGrid's frame. Its front end also returns here
 * for a sign-in that another system requires (`STEP_UP`), since no provider shows its page in a frame. The page
 * contains nothing of the launch; its script requests a session, or a sign-in in a window. If the browser kept no
 * cookie of the frame, only a new tab can continue.
 */
export async function openOverlay(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  stateOf(response).isInFrame = true;
  allowOverlayPage(response, deps);
  const id = String(request.params['id']);
  const found = await deps.launches.ofFrame(id, proofsOf(request, id));
  if (found?.isOver === true) throw new AppError('LAUNCH_EXPIRED');
  const isElsewhere = found !== undefined && addressInFrame(deps, found.launch) === undefined;
  if (found === undefined && !(await deps.launches.waits(id))) throw unknownLaunch(response);
  const isBlocked = found === undefined || isElsewhere;
  // A visitor who has only the id is led to a sign-in, which must be by the person who clicked.
  const newTabUrl = found === undefined ? signInUrl(id) : await provenTabUrl(deps, id);
  const page = { launchId: id, newTabUrl, isBlocked, again: askedAgain(request) };
  response.type('html').send(renderOverlayPage(page, deps.scripts.overlay));
}

/**
 * POST /auth/handover/start: `{launch, challenge, stepUp?}` -> `{open}` if the frame has a session of the person
 * who clicked and needs no other; otherwise the data for a sign-in in a window (docs/threats.md 4.2).
 */
export async function startHandover(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { launch, challenge } = await ownLaunch(request, response, deps, ['challenge']);
  if (!isRandomToken(challenge)) throw new AppError('BAD_REQUEST');
  const open = addressInFrame(deps, launch);
  if (open === undefined) throw unknownLaunch(response);
  const session = await liveSession(request, deps);
  const { stepUp } = request.body as { readonly stepUp?: unknown };
  const isReady = session !== undefined && !needsLink(session.principal) && stepUp !== true;
  if (isReady && (await claim(response, deps, launch, session.principal)) === 'claimed') {
    expectRequests(deps, session);
    beginFirsts(deps, session, launch.id);
    const token = cookieOf(request, OVERLAY_SESSION_COOKIE);
    if (token !== undefined) await deps.launches.admit(launch.id, token);
    clearCookie(response, overlayLaunchCookie(launch.id));
    response.json({ open });
    return;
  }
  const {
    id: handover,
    ticket,
    number,
  } = await deps.signIn.handovers.begin({
    launchId: launch.id,
    challenge,
    asked: { login: launch.payload.userLogin, ami: launch.ami, atMs: launch.createdAtMs },
  });
  response.json({ handover, ticket, number });
}

/** POST /auth/handover/ticket: `{launch}` -> `{href}`, where a new tab continues the launch. */
export async function renewTabTicket(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { launch } = await ownLaunch(request, response, deps, []);
  response.json({ href: await provenTabUrl(deps, launch.id) });
}

/** GET /auth/handover/poll?launch=&handover= : for a frame that the window's message does not reach. */
export async function pollHandover(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const [id, handover] = [queryTextOf(request, 'launch'), queryTextOf(request, 'handover')];
  if ((await deps.launches.ofFrame(id, proofsOf(request, id))) === undefined) throw new AppError('NOT_FOUND');
  response.json(await deps.signIn.handovers.poll(handover, id));
}

/**
 * POST /auth/handover/redeem: `{launch, code, verifier}` -> `{open}` and the session of the frame.
 * Errors: `LOGIN_STATE` for a code that is used, expired, or not of this frame.
 */
export async function redeemHandover(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { launch, code, verifier } = await ownLaunch(request, response, deps, ['code', 'verifier']);
  const redeemed = await deps.signIn.handovers.redeem(code, verifier, launch.id);
  if (redeemed.kind === 'lost') await giveUp(request, deps, redeemed.content);
  if (redeemed.kind !== 'redeemed') throw new AppError('LOGIN_STATE');
  const { content } = redeemed;
  try {
    // The window has claimed the launch before it gave the code away.
    const session = await beginSession(request, response, deps, {
      ...content,
      kind: 'overlay',
      launchId: launch.id,
      // Lets this frame prove itself again when the session is over and the person signs in again.
      keepBeside: (token) => deps.launches.admit(launch.id, token),
    });
    beginFirsts(deps, session, launch.id);
  } catch (error) {
    const { principal } = content;
    recordDecision(response, deps, { action: 'sign_in', error, principal, launchId: launch.id });
    await giveUp(request, deps, content);
    throw error;
  }
  clearCookie(response, overlayLaunchCookie(launch.id));
  response.json({ open: addressInFrame(deps, launch) });
}

/** The parameters that the window sends to the provider when the front end needs another sign-in. */
function askedAgain({ query }: Request): string {
  if (query['stepUp'] === undefined) return '';
  const [claims, prompt] = [parseClaimsRequest(query['claims']), parsePrompt(query['prompt'])];
  return new URLSearchParams({
    stepUp: '1',
    ...(claims !== undefined && { claims }),
    ...(prompt !== undefined && { prompt }),
  }).toString();
}

/** No session will use the tokens, nor the account. */
async function giveUp(request: Request, deps: HttpDeps, content: HandoverContent): Promise<void> {
  const { principal, tokens, idpSession } = content;
  const { acting, issuer, subject } = principal;
  await revokeUnused(request, deps, { issuer, subject, tokens, idpSession });
  if (acting.way !== 'own' || acting.account === null) return;
  await deps.accounts.forget(acting.account).catch((error: unknown) => {
    deps.logger.warn('account.not_forgotten', { error });
  });
}

/** A frame proves the launch by the cookie of its post, later by the cookie of its session. */
function proofsOf(request: Request, launchId: string): readonly string[] {
  const names = [overlayLaunchCookie(launchId), OVERLAY_SESSION_COOKIE] as const;
  return names.map((name) => cookieOf(request, name)).filter((value) => value !== undefined);
}

/** Errors: `CSRF_REJECTED`, `BAD_REQUEST`, `NOT_FOUND`, `LAUNCH_EXPIRED`. */
async function ownLaunch<Name extends string>(
  request: Request,
  response: Response,
  deps: HttpDeps,
  names: readonly Name[],
): Promise<{ readonly launch: Launch } & Readonly<Record<Name, string>>> {
  // The page around the frame and the frames beside it can send its cookie too (E10).
  assertOwnPage(request, deps.config);
  const texts = textsOf(request, ['launch', ...names]);
  const found = await deps.launches.ofFrame(texts.launch, proofsOf(request, texts.launch));
  if (found === undefined) throw unknownLaunch(response);
  if (found.isOver) throw new AppError('LAUNCH_EXPIRED');
  return { ...texts, launch: found.launch };
}

/** The address of the launch's front end inside the frame; undefined if the front end is served elsewhere. */
function addressInFrame({ config }: HttpDeps, { id, ami: name }: Launch): string | undefined {
  const opens = config.amis.find((ami) => ami.name === name)?.opens;
  return opens?.startsWith('/apps/') === true ? addressOf(`/overlay${opens}`, id) : undefined;
}

/** For a frame that has proven the launch: an unopened launch continues in the tab by a ticket. */
async function provenTabUrl({ signIn, launches }: HttpDeps, launchId: LaunchId | string): Promise<string> {
  if (!(await launches.waits(launchId))) return signInUrl(launchId);
  return `/auth/handover/tab?ticket=${await signIn.handovers.beginTab(launchId)}`;
}

/** Grants nothing by itself: the launch opens there after the person who clicked has signed in. */
const signInUrl = (launchId: string): string => loginPath(`/launch/${launchId}`);
