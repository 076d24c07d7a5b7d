#!/usr/bin/env node
// The entry: what V8 must know before anything is loaded, for imports come before every statement.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

if (process.argv.includes('run')) {
  // A pass over ten thousand containers makes short-lived records, and a controller waits most of its time: a nursery
  // that does not grow and a heap that stays close to what is in use cost little and keep 40 MB (measured in bench/).
  for (const flag of ['semi-space-growth-factor=1', 'memory-saver-mode', 'heap-growing-percent=20'])
    setFlagsFromString(`--${flag}`);
} else if (import.meta.url.endsWith('.js')) {
  // Every other command is over in an instant, a quarter of which would be the compiling of dist/ anew. What was compiled
  // is kept beside it: whoever can write there could change the code itself. Where we cannot, nothing is kept.
  enableCompileCache(fileURLToPath(new URL('cache', import.meta.url)));
}

await import('./wire/process.ts');
