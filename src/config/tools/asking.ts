import { resolve } from 'node:path';
import type { z } from 'zod';
import { MS_PER_SECOND } from '../../base/units.ts';
import type { LISTS } from '../lists-shape.ts';
import type { Asking, DocumentPolicy, FirstConfig, OperationRule, ToolConfig } from './tool.ts';

type Tools = z.infer<typeof LISTS>['tools'];
type WrittenTool = Pick<Tools[string], 'operations' | 'documents' | 'rules'>;

interface Written {
  readonly amis: Readonly<Record<string, { readonly opens: string; readonly first: readonly string[] }>>;
  readonly apps: Readonly<Record<string, WrittenTool & { readonly origin?: string }>>;
  readonly tools: Tools;
  readonly documents: DocumentPolicy;
}

/** Who asks what: the tools of `shotgraph.yml`, whose paths are relative to its folder. */
export function askingOf({ amis, apps, tools, documents }: Written, folder: string): Asking {
  const toolOf = (name: string, place: string, by: ToolConfig['by'], asking: WrittenTool): ToolConfig => ({
    ...{ name, place, by },
    documents: asking.documents ?? documents,
    operations: asking.operations === undefined ? null : resolve(folder, asking.operations),
    firsts: by.kind === 'client' ? [] : firstsOf(amis, { name, by }),
    rules: new Map(Object.entries(asking.rules).map(([operation, rule]) => [operation, ruleOf(rule)])),
  });
  return {
    documents,
    tools: [
      ...Object.entries(apps).map(([name, app]) => {
        const { origin = '' } = app;
        const by = origin === '' ? SERVED : ({ kind: 'origin', origin } as const);
        return toolOf(name, `apps.${name}`, by, app);
      }),
      ...Object.entries(tools).map(([name, { clients = [name], ...tool }]) =>
        toolOf(name, `tools.${name}`, { kind: 'client', clients }, tool),
      ),
    ],
  };
}

/** Whether a menu item names what its page asks first. */
export const beginsFirsts = ({
  amis,
}: {
  readonly amis: readonly { readonly first: readonly string[] }[];
}): boolean => amis.some(({ first }) => first.length > 0);

/** Whether a menu item that opens this address opens the front end. */
export const isOpenedBy = ({ name, by }: Pick<ToolConfig, 'name' | 'by'>, opens: string): boolean =>
  (by.kind === 'served' && `${opens}/`.startsWith(`/apps/${name}/`)) ||
  (by.kind === 'origin' && opens.startsWith(`${by.origin}/`));

const firstsOf = (amis: Written['amis'], tool: Pick<ToolConfig, 'name' | 'by'>): readonly FirstConfig[] =>
  Object.entries(amis).flatMap(([ami, { opens, first }]) =>
    isOpenedBy(tool, opens) ? first.map((operation) => ({ ami, place: `amis.${ami}.first`, operation })) : [],
  );

const SERVED = { kind: 'served' } as const;

const ruleOf = ({ maxAuthAgeSeconds, maxSearches }: WrittenTool['rules'][string]): OperationRule => ({
  maxAuthAgeMs: maxAuthAgeSeconds === undefined ? null : maxAuthAgeSeconds * MS_PER_SECOND,
  maxSearches: maxSearches ?? null,
});
