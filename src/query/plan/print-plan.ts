import type { PlannedCall } from './planned-call.ts';

/** Planned calls by wave: calls of one wave run in parallel. */
export function inWaves(calls: readonly PlannedCall[]): readonly (readonly PlannedCall[])[] {
  const waves: PlannedCall[][] = [];
  for (const call of calls) (waves[call.wave - 1] ??= []).push(call);
  return waves;
}

const titleOf = ({ kind, type, system }: PlannedCall): string =>
  [kind, type ?? system ?? []].flat().join(' ');

/** A plan for people: the waves with their calls, and for each call its request and the calls that it waits for. */
export function printCalls(calls: readonly PlannedCall[]): string {
  const waves = inWaves(calls);
  const lines = waves.flatMap((wave, index) => [
    `wave ${index + 1}`,
    ...wave.flatMap((call) => [`  ${titleOf(call)}`, ...detailsOf(call, calls).map((line) => `    ${line}`)]),
  ]);
  return [`${plural(waves.length, 'wave')}, ${plural(calls.length, 'call')}`, ...lines].join('\n');
}

function detailsOf({ fields, filter, after }: PlannedCall, calls: readonly PlannedCall[]): readonly string[] {
  const awaited = calls.filter(({ index }) => after.includes(index));
  return [
    ...(fields.length > 0 ? [`fields  ${fields.join(', ')}`] : []),
    ...(filter !== null && filter.conditions.length > 0
      ? [`where   ${JSON.stringify(filter.conditions)}`]
      : []),
    ...(awaited.length > 0 ? [`after   ${awaited.map(titleOf).join(', ')}`] : []),
  ];
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The same as a Mermaid diagram: a box for each wave, an arrow for each wait. */
export function printDiagram(calls: readonly PlannedCall[]): string {
  const boxes = inWaves(calls).flatMap((wave, index) => [
    `  subgraph wave${index + 1} [wave ${index + 1}]`,
    ...wave.map((call) => `    c${call.index}["${titleOf(call)}"]`),
    '  end',
  ]);
  const arrows = calls.flatMap(({ index, after }) => after.map((before) => `  c${before} --> c${index}`));
  return ['flowchart LR', ...boxes, ...arrows].join('\n');
}
