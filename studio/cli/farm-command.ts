import { Option } from 'commander';
import { demoJobs } from '../farm/jobs.ts';
import { startFarm } from '../farm/start.ts';
import { demoDataset } from '../site/demo/dataset.ts';
import { APIS, USUAL } from '../usual.ts';
import type { AddCommand, Running } from './surroundings.ts';
import { portOption, urlOption } from './values.ts';

interface FarmValues {
  readonly port: number;
  readonly issuer: string;
  readonly audience: string;
}

const EXAMPLES = `
Examples:
  Beside shotgrid-studio idp.
    shotgrid-studio farm

It answers GET /jobs?versions=1,2&shots=3 and POST /jobs/:id/retry to people whose tokens are for it: a wrangler (joao)
sees all jobs, others see their own.`;

/** `shotgrid-studio farm`: a system of the studio behind the same sign-in. */
export const farmCommand: AddCommand = (root, _surroundings, run) => {
  root
    .command('farm')
    .description('a render farm that shows each person their own jobs')
    .addOption(portOption('--port <N>', 'where it listens; 0 takes a free one').default(USUAL.ports.farm))
    .addOption(urlOption('--issuer <URL>', 'the provider whose tokens it takes').default(USUAL.issuer))
    .addOption(
      new Option('--audience <AUDIENCE>', 'whom these tokens must be for').default(APIS.farm.audience),
    )
    .addHelpText('after', EXAMPLES)
    .action((values: FarmValues) => run(start(values)));
};

async function start(values: FarmValues): Promise<Running> {
  const farm = await startFarm({ ...values, jobs: demoJobs(demoDataset()) });
  return {
    told: `The render farm is ready at ${farm.url}: it takes tokens of ${values.issuer} for ${values.audience}`,
    close: () => farm.close(),
  };
}
