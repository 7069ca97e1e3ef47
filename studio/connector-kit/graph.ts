import { shotgraphModule } from '../shotgraph.ts';

/** The graph of Shotgraph that is installed beside this package, opened without sign-in. */
export interface Graph {
  /** @returns the answer's text */
  ask(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    person: { readonly login: string; readonly accessToken: string },
  ): Promise<string>;
  close(): Promise<void>;
}

/** What Shotgraph has under that name in that file. Both packages are released together. */
export interface GraphModule {
  openGraph(environment: Readonly<Record<string, string>>): Promise<Graph>;
}

/** @throws Error where Shotgraph is not installed */
export async function openGraph(environment: Readonly<Record<string, string>>): Promise<Graph> {
  const module = (await import(shotgraphModule('graph-without-sign-in'))) as GraphModule;
  return module.openGraph(environment);
}
