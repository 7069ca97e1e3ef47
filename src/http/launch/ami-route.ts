import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { isDecision } from '../../base/error-kinds.ts';
import { randomToken } from '../../base/ids.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { AmiConfig } from '../../config/config.ts';
import type { KeptLaunch } from '../../launch/launches.ts';
import { addressKey } from '../limits/request-limits.ts';
import { launchCookie, overlayLaunchCookie, setLaunchCookie } from '../request/cookies.ts';
import { isUtf8Form, readBody } from '../request/read-body.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';
import { AMI_FIELD_NAMES } from '../../launch/ami-body.ts';

/**
 * POST /ami/<name>: a menu item's post. It is judged by its signature alone (A40). The browser's session is not
 * read, and an existing one stays as it is (A41).
 */
export function amiPost(deps: HttpDeps): RequestHandler[] {
  const limits = { maxBytes: deps.config.launch.maxBodyBytes, tooLarge: 'AMI_TOO_LARGE' } as const;
  const decoy: AmiConfig = {
    name: 'none',
    secrets: [randomToken()],
    entityTypes: [],
    overlay: false,
    unsignedLightPayload: false,
    withoutRows: false,
    opens: '/',
    first: [],
  };
  return [
    async (request, response, next) => {
      stateOf(response).isInFrame = isInFrame(request, deps);
      await deps.limits.rejects.assertRoom(addressKey(request));
      next();
    },
    async (request, response) => {
      let kept: KeptLaunch;
      try {
        assertForm(request);
        const body = await readBody(request, limits);
        const landed = await land(request, deps, decoy, body);
        kept = landed;
        recordLanding(request, response, deps, {
          launchId: landed.id,
          ...(landed.login !== null && { login: landed.login }),
        });
      } catch (error) {
        recordLanding(request, response, deps, { error });
        // The rest of an incomplete body is not read.
        if (!request.complete) response.setHeader('Connection', 'close');
        // An outage of ours is not the sender's fault.
        const isRefusal = error instanceof AppError && isDecision(error);
        if (isRefusal) await deps.limits.rejects.count(addressKey(request));
        throw error;
      }
      answer(request, response, deps, kept);
    },
  ];
}

/** The login of a landed launch comes from ShotGrid; the person has not signed in for it yet. */
function recordLanding(
  request: Request,
  response: Response,
  deps: HttpDeps,
  decision: { readonly error?: unknown; readonly launchId?: string; readonly login?: string },
): void {
  const name = String(request.params['name']);
  // An unconfigured name is text from a stranger.
  const isKnown = deps.config.amis.some((ami) => ami.name === name);
  recordDecision(response, deps, { action: 'launch.landed', ...(isKnown && { ami: name }), ...decision });
}

/** An unconfigured name costs as much time as a wrong signature (A7). Errors: `NOT_FOUND`, those of the landing. */
async function land(request: Request, deps: HttpDeps, decoy: AmiConfig, body: Buffer) {
  const ami = deps.config.amis.find((each) => each.name === request.params['name']);
  try {
    const place = isInFrame(request, deps) ? 'frame' : 'tab';
    return await deps.landing.land(ami ?? decoy, body, { place, address: addressKey(request) });
  } catch (error) {
    throw ami === undefined ? new AppError('NOT_FOUND', { cause: error }) : error;
  }
}

function answer(request: Request, response: Response, deps: HttpDeps, kept: KeptLaunch): void {
  const isOverlay = isInFrame(request, deps);
  const name = isOverlay ? overlayLaunchCookie(kept.id) : launchCookie(kept.id);
  // Lives longer than the launch waits, so that a late browser gets the reason (B6).
  setLaunchCookie(response, name, kept.browserToken, 2 * deps.config.launch.claimTtlMs);
  // 303: a reload repeats the GET that follows, never the post (A42).
  response.redirect(HTTP_STATUS.SEE_OTHER, `${isOverlay ? '/overlay' : '/launch'}/${kept.id}`);
}

/** Browsers older than Fetch Metadata do not state the destination; the menu item's setting does. */
function isInFrame(request: Request, { config }: HttpDeps): boolean {
  const { 'sec-fetch-dest': destination } = request.headers;
  if (destination !== undefined) return destination === 'iframe';
  return config.amis.some(({ name, overlay }) => overlay && name === request.params['name']);
}

/** Errors: `AMI_QUERY`, `AMI_CONTENT_TYPE`. */
function assertForm(request: Request): void {
  // Other parameters of the item's address belong to the studio and have no meaning here.
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  const field = AMI_FIELD_NAMES.find((name) => searchParams.has(name));
  if (field !== undefined) throw new AppError('AMI_QUERY', { details: { field } });
  // A compressed body would have to be unpacked before its signature is known (A38).
  const isPacked = (request.headers['content-encoding'] ?? 'identity') !== 'identity';
  if (isPacked || !isUtf8Form(request.headers['content-type'])) throw new AppError('AMI_CONTENT_TYPE');
}
