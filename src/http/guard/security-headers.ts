import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { AppConfig, Config, PageRights } from '../../config/config.ts';
import type { HttpDeps } from '../http-deps.ts';
import { PAGE_STYLE_SOURCE } from '../pages/layout.ts';

type Directives = Readonly<Record<string, readonly string[]>>;

/** Headers of every answer. Unless a route allows it, nothing is cached, framed, sniffed or sent as a referrer. */
export function securityHeaders({ config }: HttpDeps): RequestHandler[] {
  const isTls = config.http.publicUrl.startsWith('https:');
  return [
    helmet({
      contentSecurityPolicy: false,
      strictTransportSecurity: isTls,
      referrerPolicy: { policy: 'no-referrer' },
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader('Cache-Control', 'no-store');
      response.setHeader('Vary', 'Cookie');
      setPolicy(response, {
        'default-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
      });
      next();
    },
  ];
}

/**
 * Our own pages: no script at all. Forms may lead to the identity provider (E20) and from there to a front end:
 * browsers check every redirect after a form against the policy.
 */
export function allowPage(response: Response, { config, signIn }: HttpDeps): void {
  setPolicy(response, {
    'default-src': ["'none'"],
    'style-src': [PAGE_STYLE_SOURCE],
    'form-action': ["'self'", ...signIn.oidc.formOrigins(), ...config.frontEndOrigins],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  });
}

/** A page of ours that only ShotGrid may frame (E1). */
export function allowOverlayPage(response: Response, { config, scripts }: HttpDeps): void {
  allowFrame(response, {
    'default-src': ["'none'"],
    'style-src': [PAGE_STYLE_SOURCE],
    'script-src': [scripts.overlay.source],
    'connect-src': ["'self'"],
    'form-action': ["'none'"],
    'frame-ancestors': [shotgridOf(config)],
    'base-uri': ["'none'"],
  });
}

/**
 * A page that only the provider's sign-out page may frame.
 *
 * @param origins of the provider's pages
 */
export function allowProviderFrame(response: Response, origins: readonly string[]): void {
  allowFrame(response, {
    'default-src': ["'none'"],
    'frame-ancestors': origins,
    'base-uri': ["'none'"],
  });
}

/** The page that ends a sign-in window: it sends a message to the frame that opened it. */
export function allowWindow(response: Response, { scripts }: HttpDeps): void {
  allowOpener(response);
  setPolicy(response, {
    'default-src': ["'none'"],
    'style-src': [PAGE_STYLE_SOURCE],
    'script-src': [scripts.window.source],
    'connect-src': ["'self'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  });
}

/** On every step of a sign-in window: with COOP the browser would sever it from its opener for good. */
export function allowOpener(response: Response): void {
  response.removeHeader('Cross-Origin-Opener-Policy');
}

/** @param policy says by whom: pages of other sites may embed the answer */
function allowFrame(response: Response, policy: Directives): void {
  response.removeHeader('X-Frame-Options');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  setPolicy(response, policy);
}

/** As the ancestor of a frame: the browser checks every one, not only the nearest. */
const shotgridOf = ({ site }: Pick<Config, 'site'>): string => new URL(site.publicUrl).origin;

/**
 * A front end: our own scripts only; images and videos also from the site and its storage. It may send data to us
 * and, for uploads, to the configured storage: any other target, even the address of an image, would let it leak
 * the data it has read. Its settings may name further origins.
 */
export function allowApp(response: Response, deps: HttpDeps, { pages }: AppConfig): void {
  const { framedBy } = pages;
  if (framedBy.length > 0) {
    response.removeHeader('X-Frame-Options');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-site');
  }
  setPolicy(response, appPolicy(deps, pages, framedBy.length > 0 ? framedBy : ["'none'"]));
}

/** The same front end in ShotGrid's frame. */
export function allowOverlayApp(response: Response, deps: HttpDeps, { pages }: AppConfig): void {
  allowFrame(response, appPolicy(deps, pages, [shotgridOf(deps.config)]));
}

function appPolicy(
  { config, signIn }: HttpDeps,
  { connect, wasm, workers }: PageRights,
  frameAncestors: readonly string[],
): Directives {
  const media = ["'self'", 'data:', 'blob:', shotgridOf(config), ...config.site.storageOrigins];
  return {
    'default-src': ["'self'"],
    // It compiles WebAssembly and evaluates no script.
    'script-src': ["'self'", ...(wasm ? ["'wasm-unsafe-eval'"] : [])],
    'worker-src': ["'self'", ...(workers ? ['blob:'] : [])],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': media,
    'media-src': media,
    'connect-src': ["'self'", ...config.site.storageOrigins, ...connect],
    'object-src': ["'none'"],
    'form-action': ["'self'", ...signIn.oidc.formOrigins()],
    'frame-ancestors': frameAncestors,
    'base-uri': ["'none'"],
  };
}

/** The one host that the package `@apollo/sandbox` embeds. */
const SANDBOX = 'https://sandbox.embed.apollographql.com';

/**
 * The explorer, in development only: GraphiQL from our own files, and Apollo's page in a frame. Nothing of Apollo's runs in
 * our own page, and our page calls nobody but us.
 */
export function allowExplorer(response: Response, { config, signIn }: HttpDeps): void {
  setPolicy(response, {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:', ...config.site.storageOrigins],
    'font-src': ["'self'", 'data:'],
    'worker-src': ["'self'", 'blob:'],
    'connect-src': ["'self'"],
    'frame-src': [SANDBOX],
    'object-src': ["'none'"],
    'form-action': ["'self'", ...signIn.oidc.formOrigins()],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  });
}

function setPolicy(response: Response, directives: Directives): void {
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(' ')}`);
  response.setHeader('Content-Security-Policy', policy.join('; '));
}
