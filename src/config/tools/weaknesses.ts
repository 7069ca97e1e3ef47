import type { Config } from '../config.ts';
import { isOpenedBy } from './asking.ts';
import type { Asking, ToolConfig } from './tool.ts';

/** Tools that could not be distinguished, and rules that anybody could get around; one sentence each. */
export function toolWeaknesses({ amis, asking }: Pick<Config, 'amis' | 'asking'>): string[] {
  const { tools } = asking;
  return [
    ...twice(tools, ({ name }) => [name]).map(
      ([one, other]) => `${one.place} and ${other.place} have one name: give one of them another.`,
    ),
    ...twice(tools, ({ by }) => (by.kind === 'client' ? by.clients : [])).map(
      ([one, other, id]) => `${one.place} and ${other.place} both have the client ${id}: it is of one tool.`,
    ),
    ...twice(tools, ({ by }) => (by.kind === 'origin' ? [by.origin] : []))
      // Front ends that say nothing of what they ask need not be distinguished.
      .filter(([one, other]) => [one, other].some((tool) => saysWhatItAsks(tool, asking)))
      .map(
        ([one, other, id]) =>
          `${one.place} and ${other.place} both have the origin ${id}: it is of one tool.`,
      ),
    ...tools.flatMap((tool) => withoutList(tool)),
    ...freshSignIns(asking),
    ...firstsWithoutList(asking),
    ...firstsOfNobody(amis, asking),
  ];
}

/** The list says what a first operation is, and which variables it needs. */
const firstsWithoutList = ({ tools }: Asking): string[] =>
  tools.flatMap(({ place: of, operations, firsts }) =>
    operations !== null
      ? []
      : firsts.map(
          ({ place, operation }) =>
            `${place} is ${operation}, and ${of}.operations is not set. Set it to the list that has this operation, or take ${place} out.`,
        ),
  );

/** Only the list of a front end says what its page asks. */
const firstsOfNobody = (amis: Config['amis'], { tools }: Asking): string[] =>
  amis.flatMap(({ name, opens, first }) =>
    first.length === 0 || tools.some((tool) => isOpenedBy(tool, opens))
      ? []
      : [
          `amis.${name}.first is ${first.join(', ')}, and amis.${name}.opens leads to none of apps. Add the front end to apps with its operations, or take amis.${name}.first out.`,
        ],
  );

const saysWhatItAsks = ({ operations, rules, documents }: ToolConfig, asking: Asking): boolean =>
  operations !== null || rules.size > 0 || documents !== asking.documents;

const STRICTNESS = { any: 0, log: 1, only: 2 } as const;

/**
 * Policies that hold nobody back, in one sentence. Pages of our origin share a cookie, and choose the address at which they
 * ask: what one address takes, all of them can ask.
 */
export function looseAddresses({ asking: { documents, tools } }: { readonly asking: Asking }): string[] {
  const served = tools.filter(({ by }) => by.kind === 'served');
  const addresses = [
    { place: 'documents', documents },
    ...served.map((tool) => ({ place: `${tool.place}.documents`, documents: tool.documents })),
  ].toSorted((one, other) => STRICTNESS[one.documents] - STRICTNESS[other.documents]);
  const [loosest] = addresses;
  const stricter = addresses.filter((address) => address.documents !== loosest?.documents);
  if (loosest === undefined || stricter.length === 0) return [];
  const which = stricter.map((address) => `${address.place} (${address.documents})`).join(', ');
  return [
    `Nobody who has a cookie is restricted by ${which}: ${loosest.place} is ${loosest.documents}, and a page of this origin can ask there. Set all of them to one value.`,
  ];
}

/** Pairs of tools that have the same key, with it. */
function twice(
  tools: readonly ToolConfig[],
  keysOf: (tool: ToolConfig) => readonly string[],
): (readonly [ToolConfig, ToolConfig, string])[] {
  const holders = new Map<string, ToolConfig>();
  return tools.flatMap((tool) =>
    keysOf(tool).flatMap((key) => {
      const other = holders.get(key);
      holders.set(key, tool);
      return other === undefined || other === tool ? [] : [[other, tool, key] as const];
    }),
  );
}

function withoutList({ place, documents, operations, rules }: ToolConfig): string[] {
  if (operations !== null) return [];
  return [
    ...(rules.size > 0
      ? [`${place}.rules names operations, and ${place}.operations is not set. Set it to their list.`]
      : []),
    ...(documents === 'only'
      ? [
          `${place} takes only listed documents (documents: only), and has no list. Set ${place}.operations, or documents: log for it.`,
        ]
      : []),
  ];
}

/** A person who may send any document can send that of a marked operation under another name. */
function freshSignIns({ documents, tools }: Asking): string[] {
  const marked = tools.find(({ rules }) =>
    [...rules.values()].some(({ maxAuthAgeMs }) => maxAuthAgeMs !== null),
  );
  const open = [
    ...(documents === 'only' ? [] : ['documents']),
    ...tools.filter((tool) => tool.documents !== 'only').map(({ place }) => `${place}.documents`),
  ];
  if (marked === undefined || open.length === 0) return [];
  return [
    `${marked.place}.rules asks for a fresh sign-in (maxAuthAgeSeconds), and ${open.join(', ')} is not "only": anybody could ask the same there. Set it to only, or take the rule out.`,
  ];
}
