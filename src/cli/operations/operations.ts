import { printPlace } from '../../operations/operation.ts';
import { loadSystemParts } from '../../systems/load-system-parts.ts';
import { command, type Terminal } from '../command.ts';
import { readSite } from '../read-site.ts';
import { toolsOf } from './find-operations.ts';
import { type Hidden, hiddenFrom, printHidden } from './hidden-from.ts';
import { type OperationPlan, plansOf } from './plan-of.ts';

export const operations = command({
  name: 'operations',
  summary: 'lists tools with their operations and the cost of each; with --person, also what a role hides',
  options: {
    tool: { takes: 'NAME', meaning: 'the operations of one tool' },
    person: {
      takes: 'LOGIN',
      meaning:
        'asks ShotGrid as this person which types and fields their role hides; it reads one row of each type',
    },
    config: { takes: 'FILE', meaning: 'the shotgraph.yml whose tools are listed' },
    directory: { takes: 'DIR', meaning: "the folder of the site's schema" },
    json: { meaning: 'prints JSON, for programs' },
  },
  examples: [
    {
      line: 'operations',
      does: 'Waves, calls and size of each operation, with sample values for variables.',
    },
    {
      line: 'operations --tool review --person mira',
      does: 'Also the types and fields that the role of Mira hides from the review app.',
    },
  ],
  exitCodes: {
    1: 'an operation does not fit the schema, or needs more searches than anybody may make',
    3: 'ShotGrid could not be asked as the person',
  },
  async run({ options, environment }, terminal) {
    const variables = environment();
    const { exposed, files, settings } = await readSite(options, variables);
    const tools = await toolsOf(files.tools, settings, options.tool);
    const plans = await plansOf(tools, { exposed, parts: await loadSystemParts(files), ...settings });
    const hidden =
      options.person === undefined ? null : await hiddenFrom(options.person, plans, exposed, variables);
    if (hidden !== null && 'failure' in hidden) {
      terminal.printError(hidden.failure);
      return 3;
    }
    if (options.json) terminal.print(jsonOf(plans, hidden));
    else {
      printTools(plans, terminal);
      if (hidden !== null) printHidden(hidden, terminal);
    }
    return plans.some(({ errors }) => errors.length > 0) ? 1 : 0;
  },
});

const COLUMNS = ['OPERATION', 'KIND', 'WAVES', 'CALLS', 'BYTES', 'WHERE'] as const;

function printTools(plans: readonly OperationPlan[], terminal: Terminal): void {
  for (const tool of new Set(plans.map((plan) => plan.tool))) {
    const own = plans.filter((plan) => plan.tool === tool);
    terminal.print(`${tool.name} (${tool.place}, documents: ${tool.documents}), ${own.length} operations`);
    const rows = [COLUMNS, ...own.map(rowOf)];
    const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
    for (const [index, row] of rows.entries()) {
      const line = row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
      const plan = own[index - 1];
      terminal.print(`  ${line.trimEnd()}`, plan !== undefined && plan.errors.length > 0 ? 'bad' : undefined);
      for (const note of notesOf(plan)) terminal.print(`    ${note}`);
    }
  }
}

const rowOf = ({ operation, waves, calls, errors }: OperationPlan): readonly string[] => [
  operation.name,
  operation.kind,
  ...(errors.length > 0 ? ['-', '-'] : [String(waves), String(calls.length)]),
  ...[String(bytesOf(operation)), printPlace(operation.place)],
];

const bytesOf = ({ text }: { readonly text: string }): number => Buffer.byteLength(text);

function notesOf(plan: OperationPlan | undefined): readonly string[] {
  if (plan === undefined) return [];
  const { operation, errors, unexplained } = plan;
  return [
    ...(operation.description === null ? [] : [operation.description]),
    ...errors.map((error) => `no plan: ${error}`),
    ...unexplained.map((line) => `not counted: ${line}`),
  ];
}

const jsonOf = (plans: readonly OperationPlan[], hidden: Hidden | null): string =>
  JSON.stringify(
    {
      operations: plans.map(({ tool, operation, waves, calls, errors, unexplained }) => ({
        ...{ tool: tool.name, operation: operation.name, kind: operation.kind },
        description: operation.description,
        ...operation.place,
        ...{ id: operation.id, bytes: bytesOf(operation), variables: operation.variables },
        ...{ waves, calls: calls.length, errors, unexplained },
      })),
      ...(hidden !== null && { hidden }),
    },
    null,
    2,
  );
