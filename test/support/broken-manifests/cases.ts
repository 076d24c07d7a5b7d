// Broken manifests, one cause each, as people write them. What each is told is in messages.txt beside this file.
import type { ReadSettings } from '../../../src/model/kind.ts';
import { catalogCases } from './cases-catalog.ts';
import { formatCases } from './cases-format.ts';
import { keyCases } from './cases-keys.ts';
import { proxyCases } from './cases-proxies.ts';
import { routeCases } from './cases-routes.ts';
import { textCases } from './cases-text.ts';
import { variableCases } from './cases-variables.ts';

export interface BrokenCase {
  /** What is wrong, in the words of the documentation's table. */
  what: string;
  /** Files by their path; a text alone is `shop.yaml`. Bytes are for what is no text at all. */
  files: string | Readonly<Record<string, string | Uint8Array>>;
  /** Where the files come from; a directory without this. */
  source?: 'git';
  /** Where a proxy is configured; without this, none is. */
  proxy?: ReadSettings['proxy'];
}

export interface CaseGroup {
  title: string;
  cases: readonly BrokenCase[];
}

export const groups: readonly CaseGroup[] = [
  textCases,
  keyCases,
  formatCases,
  routeCases,
  proxyCases,
  variableCases,
  catalogCases,
];
