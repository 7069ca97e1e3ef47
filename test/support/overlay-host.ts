import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of another site that shows an AMI in a frame, as ShotGrid's overlay does. */
export interface OverlayHost {
  /** `http://127.0.0.1:<port>`: another site than the server, which is at `localhost`. */
  readonly origin: string;
  /** The same server under a name that is a third site. */
  readonly evilOrigin: string;
  /** Address of a page that posts this body into its frame as soon as it is shown. */
  pageFor(action: string, body: string, options?: HostPageOptions): string;
  stop(): Promise<void>;
}

export interface HostPageOptions {
  /** Attributes of the frame besides its name. */
  readonly frame?: string;
  /** Headers of the page. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Markup beside the frame. */
  readonly beside?: string;
}

export async function startOverlayHost(): Promise<OverlayHost> {
  const pages = new Map<
    string,
    { readonly html: string; readonly headers: Readonly<Record<string, string>> }
  >();
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
      ...page?.headers,
    });
    response.end(page?.html ?? 'Nothing here.');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    evilOrigin: `http://evil.localhost:${port}`,
    pageFor(action, body, options = {}) {
      const path = `/page-${pages.size}`;
      pages.set(path, { html: pageHtml(action, body, options), headers: options.headers ?? {} });
      return `${origin}${path}`;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function pageHtml(action: string, body: string, { frame = '', beside = '' }: HostPageOptions): string {
  const inputs = [...new URLSearchParams(body)].map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('"', '&quot;')}">`,
  );
  return `<!doctype html><title>ShotGrid</title>
<style>body { font-family: sans-serif; background: #2c3138; color: #cfd6dd; margin: 1rem; }
iframe { width: 96vw; height: 80vh; border: 0; border-radius: 8px; background: #fff; }</style>
<p>Versions - Nightjar</p>
<iframe name="overlay" ${frame}></iframe>${beside}
<form method="post" action="${action}" target="overlay" accept-charset="utf-8">${inputs.join('')}</form>
<script>document.forms[0].submit();</script>`;
}
