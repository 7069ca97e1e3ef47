import { afterEach, beforeEach, vi } from 'vitest';

/** A test that prints hides real trouble in noise: writing to the console fails it. */
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      printed.push(`console.${method}: ${args.map(String).join(' ')}`);
    });
  }
});

afterEach(() => {
  if (printed.length > 0) throw new Error(`This test printed:\n${printed.join('\n')}`);
});
