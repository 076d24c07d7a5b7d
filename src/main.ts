#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node
// The entry: what V8 must know before anything is loaded, for imports come before every statement. One heap of malloc for
// all threads: each of eight keeps one of its own otherwise, 17 MB of a controller over ten thousand containers.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// From 24 on there is a second compiler behind the first: a pass takes no less with it, and 8 MB more, and a command of a
// second spends a fifth of it on code that is used no more when it is ready.
const flags = Number.parseInt(process.versions.node, 10) >= 24 ? ['no-turbofan'] : [];

if (process.argv.includes('run')) {
  // A pass over ten thousand containers makes short-lived records, and a controller waits most of its time: a nursery
  // that does not grow, a heap that stays close to what is in use, and one that is looked through at once when it is due:
  // little by little, a busy machine lets 20 MB pile up meanwhile. Together they keep 60 MB (measured in bench/).
  flags.push(
    'semi-space-growth-factor=1',
    'memory-saver-mode',
    'heap-growing-percent=10',
    'no-incremental-marking',
  );
} else if (import.meta.url.endsWith('.js')) {
  // Every other command is over in an instant, a quarter of which would be the compiling of dist/ anew. What was compiled
  // is kept beside it: whoever can write there could change the code itself. Where we cannot, nothing is kept.
  enableCompileCache(fileURLToPath(new URL('cache', import.meta.url)));
}
for (const flag of flags) setFlagsFromString(`--${flag}`);

await import('./wire/process.ts');
