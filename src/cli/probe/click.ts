import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { signAmiFields } from '../../launch/ami-signature.ts';
import { HTTP_STATUS, MIB, MINUTE_MS } from '../../base/units.ts';
import type { ProbeAnswer } from '../../shotgun/probe/probe.ts';
import { OF_A_CLICK } from '../../shotgun/probe/questions.ts';
import type { Terminal } from '../command.ts';

const LOOPBACK = '127.0.0.1';
const PATIENCE_MS = 10 * MINUTE_MS;

export interface ClickOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The menu item's secret; null without one. */
  readonly secret: string | null;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

type Fields = readonly (readonly [name: string, value: string])[];

/** A place where one post of a menu item is waited for. */
export interface AwaitedClick {
  /** How the post was encoded and signed. Nothing of it is kept. It is waited for from now on, if it has not come yet. */
  answers(): Promise<readonly ProbeAnswer[]>;
  close(): void;
}

/**
 * Listens for one click on this machine.
 *
 * @throws Error if the port is taken
 */
export async function listenForClick({
  port,
  secret,
  signal,
  terminal,
}: ClickOptions): Promise<AwaitedClick> {
  const server = createServer();
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const place = server.address();
  const opened = typeof place === 'object' && place !== null ? place.port : port;
  terminal.print(
    `One click is listened for: make a menu item in ShotGrid that leads to http://localhost:${opened}/ and choose it in a browser on this machine.`,
  );
  const patience = new AbortController();
  const posted = firstPost(server, AbortSignal.any([signal, patience.signal])).then(
    (post) => judge(post, secret),
    () => OF_A_CLICK.map((fact) => ({ fact, why: 'No menu item was chosen.' })),
  );
  return {
    async answers() {
      const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
      try {
        return await posted;
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      patience.abort();
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Post {
  readonly type: string;
  readonly fields: Fields;
}

async function firstPost(server: ReturnType<typeof createServer>, signal: AbortSignal): Promise<Post> {
  for (;;) {
    const [request, response] = await once(server, 'request', { signal });
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.setHeader('connection', 'close');
    const post = request.method === 'POST' ? await readPost(request) : undefined;
    if (post === undefined) response.statusCode = HTTP_STATUS.METHOD_NOT_ALLOWED;
    response.end(post === undefined ? 'A menu item posts a form.' : 'Thank you: you can close this tab.');
    await once(response, 'close');
    if (post !== undefined) return post;
  }
}

/** Undefined for a body that is no form. */
async function readPost(request: IncomingMessage): Promise<Post | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MIB) return undefined;
    chunks.push(bytes);
  }
  const type = request.headers['content-type'] ?? '';
  try {
    const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
    const fields = [...form].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    );
    return { type, fields };
  } catch {
    return undefined;
  }
}

function judge({ type, fields }: Post, secret: string | null): readonly ProbeAnswer[] {
  const [encoding, signing] = OF_A_CLICK;
  const value = type.startsWith('multipart/form-data') ? 'multipart' : 'urlencoded';
  return [
    { fact: encoding, value },
    { fact: signing, ...signingOf(fields, secret) },
  ];
}

function signingOf(
  fields: Fields,
  secret: string | null,
): { readonly value: boolean } | { readonly why: string } {
  const signature = fields.find(([name]) => name === 'signature')?.[1];
  if (signature === undefined) return { why: 'The post is not signed: give the menu item a secret.' };
  if (secret === null) return { why: 'Name the menu item of shotgraph.yml whose secret signs: --ami NAME.' };
  const filled = fields.filter(([, value]) => value !== '');
  if (filled.length === fields.length) return { why: 'No field of the post was blank.' };
  if (signAmiFields(fields, secret) === signature) return { value: true };
  if (signAmiFields(filled, secret) === signature) return { value: false };
  return { why: 'The signature does not fit: the secret of the menu item is another one.' };
}
