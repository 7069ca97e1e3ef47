import { startDemo } from '../demo/start.ts';
import { USUAL } from '../usual.ts';
import type { AddCommand } from './surroundings.ts';
import { portOption } from './values.ts';

interface DemoValues {
  readonly port: number;
  readonly metricsPort?: number;
  readonly sitePort: number;
  readonly idpPort: number;
  readonly farmPort: number;
  readonly timesheetsPort: number;
  readonly storagePort: number;
}

const EXAMPLES = `
Examples:
  The studio and Shotgraph.
    shotgrid-studio demo
  On other ports.
    shotgrid-studio demo --port 5000 --site-port 5010 --idp-port 5020

It needs the package shotgraph. Variables SHOTGRAPH_... are those of its server, and while it runs, .env.demo of this folder has
them all: shotgraph doctor --env demo looks at it.`;

/** `shotgrid-studio demo`: everything, with Shotgraph itself. */
export const demoCommand: AddCommand = (root, surroundings, run) => {
  const { ports } = USUAL;
  root
    .command('demo')
    .description('the site, the provider, a render farm, time sheets, a storage, and Shotgraph before them')
    .addOption(portOption('--port <N>', 'of Shotgraph', 1).env('SHOTGRAPH_PORT').default(ports.server))
    .addOption(
      portOption('--metrics-port <N>', 'of its metrics; the next one by default', 1).env(
        'SHOTGRAPH_METRICS_PORT',
      ),
    )
    .addOption(portOption('--site-port <N>', 'of the site').env('STUDIO_SITE_PORT').default(ports.site))
    .addOption(portOption('--idp-port <N>', 'of the provider').env('STUDIO_IDP_PORT').default(ports.idp))
    .addOption(portOption('--farm-port <N>', 'of the farm').env('STUDIO_FARM_PORT').default(ports.farm))
    .addOption(
      portOption('--timesheets-port <N>', 'of the time sheets')
        .env('STUDIO_TIMESHEETS_PORT')
        .default(ports.timesheets),
    )
    .addOption(
      portOption('--storage-port <N>', 'of the storage').env('STUDIO_STORAGE_PORT').default(ports.storage),
    )
    .addHelpText('after', EXAMPLES)
    .action((values: DemoValues) =>
      run(
        startDemo(
          {
            server: values.port,
            metrics: values.metricsPort ?? values.port + 1,
            site: values.sitePort,
            idp: values.idpPort,
            farm: values.farmPort,
            timesheets: values.timesheetsPort,
            storage: values.storagePort,
          },
          surroundings,
        ),
      ),
    );
};
