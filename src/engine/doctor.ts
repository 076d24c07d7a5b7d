// `doctor`: looks at everything that we need, one check after the other, and changes nothing.
import type { Check } from '../ports/session.ts';
import { checkListen, checkTokens, checkWebhooks } from './doctor-access.ts';
import type { DoctorCheck, DoctorDeps } from './doctor-deps.ts';
import { checkCompose, checkControllers, checkEngines, checkReach } from './doctor-engines.ts';
import { checkControl, checkData, checkPrograms, checkSecrets } from './doctor-machine.ts';
import { checkPaths } from './doctor-paths.ts';
import { checkProxy, checkProxyPath } from './doctor-proxy.ts';
import { checkSources } from './doctor-sources.ts';

export type { DoctorDeps } from './doctor-deps.ts';

/** In the order in which they are told: what everything hangs on comes first. */
const CHECKS: readonly (readonly [subject: string, check: DoctorCheck])[] = [
  ['engines', checkEngines],
  ['controllers', checkControllers],
  ['compose', checkCompose],
  ['probes', checkReach],
  ['sources', checkSources],
  ['paths', checkPaths],
  ['proxy', checkProxy],
  ['proxy reach', checkProxyPath],
  ['data', checkData],
  ['control files', checkControl],
  ['programs', checkPrograms],
  ['secrets', checkSecrets],
  ['listen', checkListen],
  ['tokens', checkTokens],
  ['webhooks', checkWebhooks],
];

const LONGEST_MS = 60_000;

/** Runs all checks at once; one that breaks is a problem of its own and spoils none of the others. */
export async function doctor(deps: DoctorDeps): Promise<Check[]> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  await deps.findReaches();
  const found = await Promise.all(
    CHECKS.map(async ([subject, check]) => {
      try {
        return await check(deps, signal);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return [
          { status: 'problem' as const, subject, text: `could not be looked at: ${words}`, hint: null },
        ];
      }
    }),
  );
  return found.flat();
}
