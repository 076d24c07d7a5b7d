// In which order, and in which state of the double, each recorded exchange of Nginx Proxy Manager is played again.
import type { Scenario } from '../support/npm/replay.ts';
import { accountScenarios } from './npm-double.accounts.ts';
import { objectScenarios } from './npm-double.objects.ts';
import { proxyHostScenarios } from './npm-double.proxy-hosts.ts';

export const scenarios: readonly Scenario[] = [
  ...accountScenarios,
  ...proxyHostScenarios,
  ...objectScenarios,
];

/** Recordings that no scenario plays, with the reason. */
export const notPlayed: Readonly<Record<string, string>> = {};
