// Holds a plain value against a schema and tells everything that is wrong with it, one finding per cause.

import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileCheck, compileQuickCheck } from '#compile-check';
import type { Path } from './documents.ts';
import { pathKey } from './interpolate-value.ts';
import { uniqueBy } from './unique-by.ts';
import { describeError } from './validate-describe.ts';
import { essential, pointerPath } from './validate-errors.ts';
import type { Finding } from './validate-finding.ts';
import type { Subject } from './validate-subject.ts';

export interface Verdict {
  /** The value, numbers and switches that came from variables taken as such. */
  value: unknown;
  findings: Finding[];
}

/** More than anybody reads; what comes after costs time only. */
const MOST_ERRORS = 1_000;

/** Never throws for any value; throws for a schema that is none. */
export function validate(subject: Subject): Verdict {
  const checks = checksOf(subject.schema);
  // Most values are right, and for those the check that says what is wrong is not even loaded.
  if (checks.isRight(subject.value)) return { value: subject.value, findings: [] };
  const check = checks.thorough();
  const value = subject.interpolated.size > 0 ? settle(check, subject) : subject.value;
  if (check(value)) return { value, findings: [] };
  const errors = essential((check.errors ?? []).slice(0, MOST_ERRORS));
  const findings = errors.map((error) =>
    describeError({ error, path: pointerPath(error.instancePath, value), subject }),
  );
  const causes = findings.filter((finding) => !isExplained(finding, findings));
  return { value, findings: uniqueBy(causes, ({ path, message }) => `${pathKey(path)} ${message}`) };
}

/**
 * `replicas: ${N}` is a text by now, and a number is meant: where a text that came from variables is refused for
 * its type and reads as what is wanted, it is taken as that.
 */
function settle(check: ValidateFunction, { value, interpolated }: Subject): unknown {
  const copy = structuredClone(value);
  if (check(copy)) return copy;
  for (const error of check.errors ?? []) {
    const path = pointerPath(error.instancePath, copy);
    const found = error.data;
    if (error.keyword !== 'type' || typeof found !== 'string' || !interpolated.has(pathKey(path))) continue;
    const meant = read(found, String(error.params.type));
    if (meant !== undefined) put(copy, path, meant);
  }
  return copy;
}

function read(text: string, type: string): number | boolean | undefined {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type !== 'integer' && type !== 'number') return undefined;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Sets a value at a path that is known to exist. */
function put(value: unknown, path: Path, meant: unknown): void {
  let part = value as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) part = part[step] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last !== undefined) part[last] = meant;
}

/** A key is not missing beside its own misspelling, nor beside one that a later version will take instead. */
function isExplained(finding: Finding, others: readonly Finding[]): boolean {
  if (finding.reason !== 'MissingKey') return false;
  const level = pathKey(finding.path);
  return others.some(
    ({ reason, path, meant }) =>
      pathKey(path.slice(0, -1)) === level &&
      path.length > 0 &&
      (reason === 'LaterVersion' || (reason === 'UnknownKey' && meant === finding.meant)),
  );
}

interface Checks {
  isRight(value: unknown): boolean;
  /** Tells what is wrong. */
  thorough(): ValidateFunction;
}

const checksBySchema = new WeakMap<object, Checks>();

function checksOf(schema: Readonly<Record<string, unknown>>): Checks {
  const known = checksBySchema.get(schema);
  if (known !== undefined) return known;
  let check: ValidateFunction | null = null;
  const made: Checks = {
    isRight: compileQuickCheck(schema),
    thorough() {
      check ??= compileCheck(schema);
      return check;
    },
  };
  checksBySchema.set(schema, made);
  return made;
}
