// In dist/, this stands where src/core/validate-compile.ts stands in a checkout (`imports` in package.json, scripts/build):
// the checks were made when it was built, one file each, and a command loads those that it needs.
import { createRequire } from 'node:module';
import type { compileCheck as compile, compileQuickCheck as compileQuick } from '../core/validate-compile.ts';

const load = createRequire(import.meta.url);

/** Throws for a schema that was not there when dist/ was built. */
export const compileCheck: typeof compile = ({ title }) =>
  (load(`./checks/${String(title)}.cjs`) as { check: ReturnType<typeof compile> }).check;

/** As `compileCheck`. */
export const compileQuickCheck: typeof compileQuick = ({ title }) =>
  (load(`./checks/${String(title)}.quick.cjs`) as { check: ReturnType<typeof compileQuick> }).check;
