import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { buildSchema } from 'graphql';

/** Builds a schema of the SDL in this file, and tells how long that took since the process began. */
const [, , file = ''] = process.argv;
buildSchema(readFileSync(file, 'utf8'));
process.send?.(performance.now());
