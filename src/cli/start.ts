import { createApp } from '../app.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Command } from './command.ts';

/** Runs the server until it is told to stop (SIGTERM or SIGINT). */
export const start: Command = {
  name: 'start',
  usage: 'start',
  summary: 'runs the server',
  async run() {
    const app = await createApp(await loadConfig());
    await app.start();
    await untilToldToStop();
    await app.stop();
    return 0;
  },
};

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
