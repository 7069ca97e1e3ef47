import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { TrailVerifier } from '../observe/audit-chain.ts';
import { command, UsageError } from './command.ts';

const MAX_SHOWN = 20;

export const auditVerify = command({
  name: 'audit verify',
  words: 'FILE...',
  summary: 'checks that an audit trail is complete and unchanged',
  options: {
    head: {
      takes: 'HASH',
      meaning: 'the hash of a record that must be in the trail, as it was noted elsewhere',
    },
  },
  examples: [
    { line: 'audit verify /var/log/shotgraph/audit.jsonl', does: 'One file.' },
    { line: 'audit verify audit.jsonl.1 audit.jsonl', does: 'A rotated trail, the oldest file first.' },
  ],
  exitCodes: { 1: 'a record is missing or changed, or a file cannot be read' },
  async run({ options, words }, terminal) {
    if (words.length === 0) throw new UsageError('Name the files of the trail, the oldest first.');
    const verifier = new TrailVerifier();
    for (const path of words) {
      try {
        let number = 0;
        for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
          number += 1;
          verifier.read(line, `${path}:${number}`);
        }
      } catch (error) {
        terminal.printError(`${path} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`);
        return 1;
      }
    }
    const { records, instances, otherLines, head, unended, problems } = verifier.verdict();
    const isCut = options.head !== undefined && !verifier.hasRecord(options.head);
    for (const problem of problems.slice(0, MAX_SHOWN)) terminal.printError(problem);
    if (problems.length > MAX_SHOWN) terminal.printError(`... and ${problems.length - MAX_SHOWN} more.`);
    if (isCut)
      terminal.printError(
        `There is no record with the hash ${options.head}: the end is missing, or was changed.`,
      );
    if (records === 0) terminal.printError('There is no record in it.');
    for (const instance of unended) {
      terminal.print(
        `Server ${instance} has no last record. Unless it still runs, it was killed: what it was changing then stands in ShotGrid's event log only.`,
      );
    }
    const others = otherLines === 0 ? '' : `, ${otherLines} other lines`;
    terminal.print(`${records} records of ${instances} servers${others}. Head: ${head ?? 'none'}`);
    return problems.length === 0 && !isCut && records > 0 ? 0 : 1;
  },
});
