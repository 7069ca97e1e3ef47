import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { invalidParameters } from '../http/api-error.ts';
import type { HookSettings, KeptStatus } from './hook.ts';

const fields = z.array(z.string());
const hookBody = z.object({
  url: z.string().optional(),
  entity_types: z
    .record(
      z.string(),
      z.object({ create: fields, update: fields, delete: fields, revive: fields }).partial(),
    )
    .optional(),
  event_type: z.string().min(1).optional(),
  projects: z.array(z.number().int()).nullish(),
  token: z.string().nullish(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  validate_ssl_cert: z.boolean().optional(),
  batch_deliveries: z.boolean().optional(),
  status: z.string().optional(),
});

const NOT_PUBLIC = 'url should be a valid url, not a shotgun site or reserved/internal ip address';

export interface HookChange extends Partial<HookSettings> {
  readonly status?: KeptStatus;
}

/** Settings of a new hook. Throws 400 naming what is wrong (API 10.2). */
export function parseNewHook(input: unknown, isLoopbackAllowed: boolean): HookSettings {
  const change = parseHookChange(input, isLoopbackAllowed);
  if (change.url === undefined) throw invalidParameters({ url: ['url is missing'] });
  const kinds = [change.entityTypes, change.eventType].filter((kind) => kind !== undefined && kind !== null);
  if (kinds.length !== 1) {
    throw invalidParameters({
      entity_types: ['entity_types, event_type: exactly one parameter must be provided'],
    });
  }
  return {
    entityTypes: null,
    eventType: null,
    projects: null,
    token: null,
    name: null,
    description: null,
    validatesCertificate: true,
    isBatched: false,
    ...change,
    url: change.url,
  };
}

/** What an update changes. Field names, project ids and types are not checked, as on a real site. */
export function parseHookChange(input: unknown, isLoopbackAllowed: boolean): HookChange {
  const { data: body, error } = hookBody.safeParse(input);
  if (!body) {
    const problems = error.issues.map(({ path, message }) => [String(path[0] ?? 'body'), [message]] as const);
    throw invalidParameters(Object.fromEntries(problems));
  }
  if (Object.values(body).every((value) => value === undefined)) {
    throw invalidParameters({ base: ['at least one field must be provided'] });
  }
  const { status } = body;
  if (status !== undefined && status !== 'active' && status !== 'disabled') {
    throw invalidParameters({ status: ['status does not have a valid value'] });
  }
  if (body.url !== undefined) assertPublic(body.url, isLoopbackAllowed);
  return {
    ...(body.url === undefined ? {} : { url: body.url }),
    ...(body.entity_types === undefined ? {} : { entityTypes: withoutUndefined(body.entity_types) }),
    ...(body.event_type === undefined ? {} : { eventType: body.event_type }),
    ...(body.projects === undefined ? {} : { projects: body.projects }),
    ...(body.token === undefined ? {} : { token: body.token || null }),
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.validate_ssl_cert === undefined ? {} : { validatesCertificate: body.validate_ssl_cert }),
    ...(body.batch_deliveries === undefined ? {} : { isBatched: body.batch_deliveries }),
    ...(status === undefined ? {} : { status }),
  };
}

const internal = new BlockList();
internal.addSubnet('0.0.0.0', 8);
internal.addSubnet('10.0.0.0', 8);
internal.addSubnet('100.64.0.0', 10);
internal.addSubnet('169.254.0.0', 16);
internal.addSubnet('172.16.0.0', 12);
internal.addSubnet('192.168.0.0', 16);
internal.addSubnet('fc00::', 7, 'ipv6');
internal.addSubnet('fe80::', 10, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Names are not looked up: the studio in a box must work without a network. */
function assertPublic(url: string, isLoopbackAllowed: boolean): void {
  if (!URL.canParse(url)) throw invalidParameters({ url: [NOT_PUBLIC] });
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  const isAddress = isIP(host) !== 0;
  const isLoopback = host === 'localhost' || (isAddress && loopback.check(host, family));
  const isInternal = host === '' || (isAddress && internal.check(host, family));
  if (isInternal || (isLoopback && !isLoopbackAllowed)) throw invalidParameters({ url: [NOT_PUBLIC] });
}

function withoutUndefined(types: NonNullable<z.infer<typeof hookBody>['entity_types']>) {
  return Object.fromEntries(
    Object.entries(types).map(([type, operations]) => [
      type,
      Object.fromEntries(Object.entries(operations).filter(([, list]) => list !== undefined)),
    ]),
  );
}
