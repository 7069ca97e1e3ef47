/** The only host that may show Apollo's page: the one that the package embeds. */
export const SANDBOX_ORIGIN = 'https://sandbox.embed.apollographql.com';

/** The server's limit for one request. */
export const MAX_MESSAGE_CHARACTERS = 1_000_000;

/** Messages that the package may receive from its frame. */
export type AcceptedName =
  'ExplorerListeningForHandshake' | 'IntrospectionQueryWithHeaders' | 'ExplorerRequest';

export type Verdict =
  | { readonly kind: 'accepted'; readonly name: AcceptedName }
  /** `told`: a person requested this and would wait for it. */
  | { readonly kind: 'dropped'; readonly told?: 'subscription' | 'unreadable' };

const DROPPED: Verdict = { kind: 'dropped' };
const UNREADABLE: Verdict = { kind: 'dropped', told: 'unreadable' };

interface Arrived {
  readonly origin: string;
  readonly source: unknown;
  readonly data: unknown;
}

/**
 * Decides whether the package may see a message. The package checks only the origin, and has messages that open
 * any address that the frame names (subscriptions), open windows, or keep tokens in our storage (its sign-in).
 */
export function judge({ origin, source, data }: Arrived, frame: unknown): Verdict {
  if (source === null || source === undefined || source !== frame || origin !== SANDBOX_ORIGIN)
    return DROPPED;
  if (!isRecord(data)) return DROPPED;
  switch (data['name']) {
    case 'ExplorerListeningForHandshake':
      return { kind: 'accepted', name: data['name'] };
    case 'IntrospectionQueryWithHeaders':
      return isIntrospection(data) && fits(data) ? { kind: 'accepted', name: data['name'] } : UNREADABLE;
    case 'ExplorerRequest':
      return isOperation(data) && fits(data) ? { kind: 'accepted', name: data['name'] } : UNREADABLE;
    case 'ExplorerSubscriptionRequest':
      return { kind: 'dropped', told: 'subscription' };
    default:
      return DROPPED;
  }
}

/** The package reads these unchecked, and an error in its listener would go unnoticed. */
const isIntrospection = (data: Record<string, unknown>): boolean =>
  isId(data['operationId']) &&
  isText(data['sandboxEndpointUrl']) &&
  isOptional(data['introspectionRequestHeaders'], isRecord) &&
  isText(data['introspectionRequestBody']) &&
  isRecord(parsed(data['introspectionRequestBody']));

const isOperation = (data: Record<string, unknown>): boolean =>
  isId(data['operationId']) &&
  isText(data['operation']) &&
  isText(data['endpointUrl']) &&
  isOptional(data['operationName'], (name) => typeof name === 'string') &&
  isOptional(data['variables'], isRecord) &&
  isOptional(data['headers'], isRecord) &&
  // Files go to ShotGrid's storage, not through GraphQL.
  isOptional(data['fileVariables'], (files) => Array.isArray(files) && files.length === 0);

function fits(data: Record<string, unknown>): boolean {
  try {
    return JSON.stringify(data).length <= MAX_MESSAGE_CHARACTERS;
  } catch {
    // A circular structure.
    return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isId = (value: unknown): boolean => isText(value) || (typeof value === 'number' && value !== 0);
const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || value === null || is(value);
