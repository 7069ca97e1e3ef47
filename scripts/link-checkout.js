/**
 * npm does not link the root of a workspace into it. In a checkout the classes of the studio find `shotgraph/extension` by this
 * link, as they find it among the installed packages elsewhere.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const link = join(dirname(fileURLToPath(import.meta.url)), '..', 'studio', 'node_modules', 'shotgraph');
mkdirSync(dirname(link), { recursive: true });
rmSync(link, { force: true });
symlinkSync('../..', link, 'junction');
