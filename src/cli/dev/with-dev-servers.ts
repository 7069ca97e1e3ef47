import type { Config } from '../../config/config.ts';

/** Front ends that a development server of their own serves: by name, with the origin of that server. */
export type DevServers = ReadonlyMap<string, string>;

/**
 * The configuration while front ends are developed: these are elsewhere, and the menu items that open them lead there.
 * Everything else stays, so that origin, cookies and sign-in are those of any front end at another origin.
 */
export function withDevServers(config: Config, servers: DevServers): Config {
  if (servers.size === 0) return config;
  const originFor = (opens: string): string | undefined =>
    [...servers].find(([name]) => opens.startsWith(`/apps/${name}/`))?.[1];
  return Object.freeze({
    ...config,
    apps: config.apps.filter(({ name }) => !servers.has(name)),
    frontEndOrigins: [...config.frontEndOrigins, ...servers.values()],
    amis: config.amis.map((ami) => ({ ...ami, opens: `${originFor(ami.opens) ?? ''}${ami.opens}` })),
  });
}
