import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { TrailVerifier } from '../observe/audit-chain.ts';
import { type Command, UsageError } from './command.ts';

const MAX_SHOWN = 20;

export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify FILE... [--head HASH]',
  summary: 'says whether an audit trail is whole and unchanged; exit code 1 where it is not',
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { head: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length === 0) throw new UsageError('Name the files of the trail, the oldest first.');
    const verifier = new TrailVerifier();
    for (const path of positionals) {
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
    const isCut = values.head !== undefined && !verifier.hasRecord(values.head);
    for (const problem of problems.slice(0, MAX_SHOWN)) terminal.printError(problem);
    if (problems.length > MAX_SHOWN) terminal.printError(`... and ${problems.length - MAX_SHOWN} more.`);
    if (isCut)
      terminal.printError(
        `There is no record with the hash ${values.head}: the end is missing, or was changed.`,
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
};
