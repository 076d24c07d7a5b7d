// Checks of `doctor` about the proxy: who we are to it, and whether it reaches what it shall route to.
import type { Check } from '../ports/session.ts';
import { type DoctorCheck, fine, off, problem, problemOf, warning } from './doctor-deps.ts';
import { checkProxyReach } from './proxy-reach.ts';

const SUBJECT = 'proxy';

/** Address, account, second factor, version and permissions, in the provider's own words. */
export const checkProxy: DoctorCheck = async ({ proxy }, signal) => {
  if (proxy === null) return [off(SUBJECT, 'none configured')];
  try {
    const findings = await proxy.check(signal);
    return findings.map(({ ok, message, hint }): Check => {
      const text = message.replace(/\.$/, '');
      if (!ok) return problem(SUBJECT, text, hint);
      return hint === null ? fine(SUBJECT, text) : warning(SUBJECT, text, hint);
    });
  } catch (error) {
    return [problemOf(SUBJECT, error)];
  }
};

export const checkProxyPath: DoctorCheck = (deps, signal) => checkProxyReach(deps, signal);
