import { z } from 'zod';
import {
  address,
  auditPlace,
  bounded,
  flag,
  headerNames,
  hostList,
  httpOrigin,
  originList,
  proxyList,
  seconds,
} from './setting-types.ts';
import { scriptKey } from './script-key.ts';
import type { Setting } from './setting-types.ts';

const SERVER = 'Server';
const SITE = 'ShotGrid site';

/** Settings of the server. */
export const SERVER_SETTINGS = {
  SHOTGRAPH_ENVIRONMENT: {
    group: SERVER,
    description:
      'production or development. Development allows http upstreams, short secrets, introspection and the explorer; it needs a public address on loopback.',
    example: 'production',
    fallback: 'production',
    schema: z.enum(['production', 'development']),
  },
  SHOTGRAPH_PUBLIC_URL: {
    group: SERVER,
    description:
      'The origin that browsers use. Links, cookies and the redirect URI are made from it, never from a header of a request.',
    example: 'https://shotgraph.studio.example',
    schema: httpOrigin,
  },
  SHOTGRAPH_AUDIT: {
    group: SERVER,
    description:
      'Where the audit trail goes: off, stdout, or the path of a file to append to; auto is stdout in production and off in development.',
    example: '/var/log/shotgraph/audit.jsonl',
    fallback: 'auto',
    schema: auditPlace,
  },
  SHOTGRAPH_HOST: {
    group: SERVER,
    description: 'Address to listen on.',
    example: '127.0.0.1',
    fallback: '127.0.0.1',
    schema: address,
  },
  SHOTGRAPH_PORT: {
    group: SERVER,
    description: 'Port to listen on; 0 takes a free one.',
    example: '4000',
    fallback: '4000',
    schema: bounded(0, 65_535),
  },
  SHOTGRAPH_METRICS_PORT: {
    group: SERVER,
    description:
      'Port of GET /metrics (Prometheus), apart from the public one; 0 takes a free one, "off" opens none.',
    example: '4001',
    fallback: 'off',
    schema: z.union([z.literal('off').transform(() => null), bounded(0, 65_535)]),
  },
  SHOTGRAPH_TRUSTED_PROXIES: {
    group: SERVER,
    description:
      'Proxies whose X-Forwarded-For is used, for rate limits only: addresses or subnets, comma separated.',
    example: '10.0.0.0/8,127.0.0.1',
    fallback: '',
    schema: proxyList,
  },
  SHOTGRAPH_CORS_HEADERS: {
    group: SERVER,
    description:
      'Further request headers that front ends at other origins may send, comma separated. Those that GraphQL clients and their tracing send are allowed already.',
    example: 'x-studio-tool',
    fallback: '',
    schema: headerNames,
  },
  SHOTGRAPH_LOG_LEVEL: {
    group: SERVER,
    description: 'debug, info, warn, error or silent.',
    example: 'info',
    fallback: 'info',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  },
  SHOTGRAPH_REQUEST_TIMEOUT_SECONDS: {
    group: SERVER,
    description: 'Time in which a request must have arrived.',
    example: '10',
    fallback: '10',
    schema: seconds(1, 300),
  },
  SHOTGRAPH_STOP_TIMEOUT_SECONDS: {
    group: SERVER,
    description: 'Time that requests under way have to end when the server is stopped.',
    example: '20',
    fallback: '20',
    schema: seconds(1, 300),
  },
  SHOTGRAPH_STOP_DELAY_SECONDS: {
    group: SERVER,
    description:
      'When the server is stopped, time between the first 503 of GET /readyz and the end of new connections: as long as a load balancer needs to see it; 0 does not wait.',
    example: '5',
    fallback: '0',
    schema: seconds(0, 60),
  },
  SHOTGRAPH_CONFIG: {
    group: SERVER,
    description: 'File with the menu items, front ends and other systems; see docs/configuration.md.',
    example: 'shotgraph.yml',
    fallback: 'shotgraph.yml',
    schema: z.string(),
  },
} as const satisfies Record<string, Setting>;

/** Settings of the ShotGrid site. */
export const SITE_SETTINGS = {
  SHOTGRAPH_SITE_URL: {
    group: SITE,
    description: 'Origin of the ShotGrid site, as this server reaches it.',
    example: 'https://studio.shotgrid.autodesk.com',
    schema: httpOrigin,
  },
  SHOTGRAPH_SITE_PUBLIC_URL: {
    group: SITE,
    description: 'Origin at which people open the site, if it is a different one.',
    example: 'https://studio.shotgrid.autodesk.com',
    fallback: '',
    schema: z.union([z.literal('').transform(() => null), httpOrigin]),
  },
  SHOTGRAPH_SITE_HOSTS: {
    group: SITE,
    description:
      'More host names of the site, comma separated. A click in ShotGrid names the host of its page; a launch from any other host than these and the hosts of the two addresses above is refused.',
    example: 'shotgrid.studio.example',
    fallback: '',
    schema: hostList,
  },
  SHOTGRAPH_SITE_SCRIPT_NAME: {
    group: SITE,
    description: 'Name of the API script. Its permission role needs the advanced permission to "sudo".',
    example: 'shotgraph',
    schema: z.string().min(1),
  },
  SHOTGRAPH_SITE_SCRIPT_KEY: {
    group: SITE,
    description: 'Key of the API script. In a file, it is read again at SIGHUP: a new key needs no restart.',
    example: '(the key that ShotGrid showed once)',
    secret: true,
    schema: scriptKey,
  },
  SHOTGRAPH_SITE_TIMEOUT_SECONDS: {
    group: SITE,
    description: 'Time that one call to ShotGrid may take.',
    example: '30',
    fallback: '30',
    schema: seconds(1, 300),
  },
  SHOTGRAPH_SITE_RECHECK_SECONDS: {
    group: SITE,
    description:
      'After this time ShotGrid is asked again who a person is (id, login, role) and whether the server may still act for them. A person who was disabled or exempted, or whose login or role has changed, keeps access as before for at most this long.',
    example: '300',
    fallback: '300',
    schema: seconds(30, 510),
  },
  SHOTGRAPH_SITE_MAX_CONNECTIONS: {
    group: SITE,
    description:
      'Calls of this process to ShotGrid for people that may be under way at once; more wait for their turn. Calls of the script itself have about 12 connections of their own. ShotGrid states no limit. 24 serve about 80 calls a second at 300 ms each.',
    example: '24',
    fallback: '24',
    schema: bounded(1, 256),
  },
  SHOTGRAPH_SITE_MAX_CALLS_PER_PERSON: {
    group: SITE,
    description:
      'How many of those calls may be of one person; more wait for their turn, so that a wide page leaves connections to the others. auto is 6, or one fewer than all of them where there are 6 or fewer.',
    example: '6',
    fallback: 'auto',
    schema: z.union([z.literal('auto'), bounded(1, 256)]),
  },
  SHOTGRAPH_SITE_STORAGE_ORIGINS: {
    group: SITE,
    description:
      'Origins of the storage where the site keeps its files, comma separated: front ends served here may send files there, and show pictures and films from there and from the site only. Empty: no uploads.',
    example: 'https://bucket.s3-accelerate.amazonaws.com',
    fallback: '',
    schema: originList,
  },
  SHOTGRAPH_SCHEMA_DRIFT: {
    group: SITE,
    description:
      'Compare the snapshot of the schema with the live site after the start, and warn in the log: on, off, or auto: in production only.',
    example: 'auto',
    fallback: 'auto',
    schema: flag,
  },
  SHOTGRAPH_SCHEMA_DIRECTORY: {
    group: SITE,
    description: 'Folder with the pulled schema of the site: entity-types.json and fields.json.',
    example: 'schema/site',
    fallback: 'schema/site',
    schema: z.string().min(1),
  },
} as const satisfies Record<string, Setting>;
