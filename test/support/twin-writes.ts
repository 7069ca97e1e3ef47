import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { canCreate, writableFields } from '../../src/query/write/write-values.ts';
import type { ExposedType } from '../../src/site/expose.ts';
import { startSite } from '../../studio/site/start.ts';
import { HASH_SYNTAX } from './every-type-site.ts';
import { scriptToken } from './script-token.ts';
import { startSiteWorld } from './site-world.ts';
import { type BatchPart, callOf, isNeeded, type TwinCall, type TwinKind } from './twin-calls.ts';
import { completionOf, placesOf, sendByRest, sendThroughUs, uploadOf } from './twin-uploads.ts';
import { writeSamples } from './write-samples.ts';

/** One write by one person, with what goes wrong at the site meanwhile. */
export interface TwinWrite extends Omit<TwinKind, 'kind'> {
  readonly type: number;
  readonly kind: TwinKind['kind'] | 'upload';
  readonly as: string;
  /** Which fields of those that a sample is known for. */
  readonly fields: readonly number[];
  readonly fault: keyof typeof FAULTS;
}

interface Fault {
  /** Whether the site does the work all the same. */
  readonly isMade: boolean;
  readonly rule: Readonly<Record<string, unknown>> | null;
  readonly outcome: 'done' | 'unknown';
}

const HTML = { body: '<html>Sign in</html>', contentType: 'text/html' };
const FAULTS = {
  none: { isMade: true, rule: null, outcome: 'done' },
  delay: { isMade: true, rule: { delayMs: 20 }, outcome: 'done' },
  droppedBefore: { isMade: false, rule: { drop: true }, outcome: 'unknown' },
  droppedAfter: { isMade: true, rule: { drop: true, after: true }, outcome: 'unknown' },
  status500: { isMade: false, rule: { status: 500 }, outcome: 'unknown' },
  status502: { isMade: false, rule: { status: 502 }, outcome: 'unknown' },
  status504After: { isMade: true, rule: { status: 504, after: true }, outcome: 'unknown' },
  html: { isMade: false, rule: HTML, outcome: 'unknown' },
  htmlAfter: { isMade: true, rule: { ...HTML, after: true }, outcome: 'unknown' },
} as const satisfies Record<string, Fault>;

const PEOPLE = ['mira', 'joao', 'ada'];

export interface Told {
  readonly result: 'done' | 'refused' | 'unknown';
  /** Of the audit trail. */
  readonly trail: string | undefined;
}

/**
 * Two emulated sites with the same rows and one clock: what is written to the first through us is written to the second by
 * REST, as the same person, in the forms that the API wants.
 */
export async function startTwins() {
  // They stand still together: whatever the sites date by themselves is the same.
  const nowMs = Date.UTC(2026, 8, 15, 13, 30);
  // What a site makes of a file comes by a clock of its own: it never comes here.
  const options = { now: () => nowMs, switches: { 'files.transcodeMs': 3_600_000 } };
  const world = await startSiteWorld({}, options);
  const twin = await startSite({ port: 0, dataset: world.dataset, ...options });
  await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
  await fetch(`${twin.url}/__studio/people/ada`, {
    method: 'PATCH',
    body: '{"can_impersonate_this_user":true}',
    headers: { 'content-type': 'application/json' },
  });
  const samples = writeSamples(world.exposed, world.dataset);
  const types = [...world.exposed.types.values()].filter(
    (type) =>
      // Both sites are read by their script, which a write could retire.
      type.type !== 'ApiUser' && canCreate(type) && writableFields(type, 'update').length > 0,
  );
  const taking = types.filter((type) => placesOf(world.exposed, type).length > 0);
  const ids = new Map(
    types.map((type) => [type.type, world.dataset.rows[type.type]?.map(({ id }) => id) ?? []]),
  );
  const tokens = new Map<string, string>();
  const personIds = new Map(
    (world.dataset.rows['HumanUser'] ?? []).map((row) => [String(row['login']), row.id]),
  );

  const tokenOf = async (login: string): Promise<string> => {
    const known = tokens.get(login) ?? (await personToken(twin.url, login));
    tokens.set(login, known);
    return known;
  };
  const rest = async (login: string, method: string, path: string, body?: object): Promise<boolean> => {
    const headers = { authorization: `Bearer ${await tokenOf(login)}`, 'content-type': 'application/json' };
    const { status } = await sendAlone(`${twin.url}/api/v1${path}`, { method, headers, body });
    return status < 300;
  };

  const control = (method: string, body?: object) =>
    sendAlone(`${world.siteUrl}/__studio/faults`, {
      method,
      headers: { 'content-type': 'application/json' },
      body,
    });

  /** The last step of an upload whose bytes have been sent; null where it is refused, which it then is by REST as well. */
  const uploadCall = async (
    { as, fields }: TwinWrite,
    type: ExposedType,
    id: number,
  ): Promise<TwinCall | null> => {
    const upload = uploadOf({ type, id }, placesOf(world.exposed, type), fields);
    const sent = await sendThroughUs(world, as, upload);
    const last = await sendByRest(twin.url, await tokenOf(as), upload);
    if (sent !== null && last !== null) return completionOf(sent, last);
    const isTaken = last !== null && (await rest(as, last.method, last.path, last.body));
    const place = `${type.type}.${upload.field?.name ?? '(attached)'} as ${as}`;
    if (isTaken) throw new Error(`${place} takes ${upload.fileName} by REST alone`);
    if (sent !== null) throw new Error(`${place} takes ${upload.fileName} through us alone`);
    return null;
  };

  const write = async (given: TwinWrite): Promise<Told> => {
    const possible = given.kind === 'upload' ? taking : types;
    const type = possible[given.type % possible.length] as ExposedType;
    const fault: Fault = FAULTS[given.fault];
    const chosen = (mode: 'create' | 'update') => {
      const known = samples.of(type, mode);
      const indexes = new Set(given.fields.map((field) => field % known.length));
      return known.filter((sample, index) => indexes.has(index) || (mode === 'create' && isNeeded(sample)));
    };
    const all = ids.get(type.type) ?? [];
    const id = all[(given.fields[0] ?? 0) % Math.max(1, all.length)] ?? 1;
    const otherId = all[((given.fields[0] ?? 0) + 1) % Math.max(1, all.length)] ?? 1;
    const personId = personIds.get(given.as) ?? 0;
    const place = { id, otherId, personId, fields: chosen('update'), newFields: chosen('create') };
    const { kind } = given;
    const call =
      kind === 'upload' ? await uploadCall(given, type, id) : callOf(type, { ...given, kind }, place);
    if (call === null) return { result: 'refused', trail: undefined };
    if (fault.rule !== null) {
      const match = { method: call.method, path: `/api/v1${call.path.split('?')[0] ?? ''}` };
      await control('POST', { match, times: 1, ...fault.rule });
    }
    const before = world.audited.length;
    const { errors } = await world.ask(call.document, {
      as: given.as,
      variables: call.variables,
      role: given.as,
    });
    await control('DELETE');
    const isOk = fault.isMade ? await rest(given.as, call.method, call.path, call.body) : undefined;
    const outcome = errors[0]?.extensions.details?.['outcome'];
    const result =
      errors.length === 0 || outcome === 'done' ? 'done' : outcome === 'unknown' ? 'unknown' : 'refused';
    const isTrue =
      fault.outcome === 'unknown' ? result === 'unknown' : result === (isOk === true ? 'done' : 'refused');
    if (!isTrue) throw new Error(`${JSON.stringify({ call, errors, isOk })} was told as ${result}`);
    return { result, trail: world.audited[before]?.outcome };
  };

  return {
    world,
    write,
    /** Any write of any type. */
    writes: fc.record<TwinWrite>({
      type: fc.nat(types.length * 50),
      kind: fc.constantFrom(
        ...([
          'create',
          'update',
          'update',
          'delete',
          'revive',
          'follow',
          'unfollow',
          'batch',
          'batch',
        ] as const),
        'upload',
      ),
      parts: fc.uniqueArray(fc.constantFrom<BatchPart>('create', 'update', 'delete'), { minLength: 1 }),
      mode: fc.constantFrom('set', 'add', 'remove'),
      as: fc.constantFrom(...PEOPLE),
      fields: fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }),
      fault: fc.constantFrom('none', 'none', 'none', ...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])),
    }),
    /** Both sites as they are: every event, and every row of every type. */
    async states(): Promise<readonly [string, string]> {
      const names = [...types.map(({ type }) => type), 'EventLogEntry'];
      return Promise.all([stateOf(world.siteUrl, names), stateOf(twin.url, names)]);
    },
    async close() {
      await world.close();
      await twin.close();
    },
  };
}

interface SentAlone {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: object | undefined;
}

/** A call on a connection of its own: one that is kept may be closed just when it is used again. */
async function sendAlone(url: string, { method, headers, body }: SentAlone) {
  const outgoing = request(url, { method, headers, agent: false });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await text(answer) };
}

async function personToken(siteUrl: string, login: string): Promise<string> {
  const answer = await fetch(`${siteUrl}/api/v1/auth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: 'shotgraph', client_secret: 'demo-script-key' },
      scope: `sudo_as_login:${login}`,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function stateOf(siteUrl: string, types: readonly string[]): Promise<string> {
  const token = await scriptToken(siteUrl);
  const texts: string[] = [];
  for (const type of types) {
    for (const retired of ['active', 'retired']) {
      // One type after the other.
      const answer = await sendAlone(`${siteUrl}/api/v1/entity/${type}/_search`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': HASH_SYNTAX },
        body: {
          filters: { logical_operator: 'and', conditions: [] },
          fields: ['*'],
          sort: 'id',
          page: { size: 5000, number: 1 },
          options: { return_only: retired, include_archived_projects: true },
        },
      });
      texts.push(`${type} ${retired} ${answer.text}`);
    }
  }
  // Addresses are signed by each site for itself.
  return texts.join('\n').replaceAll(/https?:\/\/(?:127\.0\.0\.1|localhost):\d+[^"]*/gu, 'ADDRESS');
}
