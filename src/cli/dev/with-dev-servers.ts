import type { Config } from '../../config/config.ts';
import type { ToolConfig } from '../../config/tools/tool.ts';

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
  const asking = {
    ...config.asking,
    tools: config.asking.tools.map((tool): ToolConfig => {
      const origin = tool.by.kind === 'served' ? servers.get(tool.name) : undefined;
      return origin === undefined ? tool : { ...tool, by: { kind: 'origin', origin } };
    }),
  };
  return Object.freeze({
    ...config,
    asking,
    apps: config.apps.filter(({ name }) => !servers.has(name)),
    frontEndOrigins: [...config.frontEndOrigins, ...servers.values()],
    amis: config.amis.map((ami) => ({ ...ami, opens: `${originFor(ami.opens) ?? ''}${ami.opens}` })),
  });
}
