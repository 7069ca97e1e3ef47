import { amiSecret } from './ami-secret.ts';
import { amiSign } from './ami-sign.ts';
import { auditVerify } from './audit-verify.ts';
import { clientTypescript } from './client/client-typescript.ts';
import type { Command } from './command.ts';
import { configCheck, configShow } from './config/config-commands.ts';
import { dev } from './dev/dev.ts';
import { doctor } from './doctor/doctor.ts';
import { explainQuery } from './explain.ts';
import { completionOf } from './line/completion.ts';
import { init } from './init/init.ts';
import { mappingForget } from './mapping-forget.ts';
import { operations } from './operations/operations.ts';
import { people } from './people.ts';
import { probe } from './probe/probe.ts';
import { schemaPull, schemaPrint } from './schema-commands.ts';
import { schemaDiff } from './schema-diff.ts';
import { start } from './start.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  init,
  dev,
  start,
  configCheck,
  configShow,
  doctor,
  probe,
  people,
  mappingForget,
  schemaPull,
  schemaDiff,
  schemaPrint,
  operations,
  explainQuery,
  clientTypescript,
  amiSecret,
  amiSign,
  auditVerify,
  completionOf(() => COMMANDS),
];
