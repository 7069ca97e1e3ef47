import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Runs in a server before it starts (`node --import`), and measures for how long its loop stands still: `reset` begins, and
 * `read` tells the longest time since, in milliseconds.
 */
const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
process.on('message', (question) => {
  if (question === 'reset') delays.reset();
  process.send?.(question === 'read' ? delays.max / 1e6 : 0);
});
// The server ends although somebody could still ask.
process.channel?.unref();
