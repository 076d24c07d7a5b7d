// Keeps of ajv's errors the one per cause that a person can act on: no branches that were never meant.
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { SpokenSchema } from './validate-words.ts';

/**
 * Of an `anyOf` that failed, keeps the errors of the branch whose type is that of the value; where no branch
 * has that type, keeps only the `anyOf` itself. `if`, `propertyNames` and the like come with an error of their own.
 */
export function essential(errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  for (const union of errors) {
    if (union.keyword !== 'anyOf') continue;
    const branches = (union.parentSchema as SpokenSchema).anyOf ?? [];
    const chosen = branches.findIndex((branch) => isOfType(union.data, branch.type));
    const here = `${union.schemaPath}/`;
    for (const error of errors) {
      if (error !== union && isBelow(error, here, union.instancePath)) {
        if (chosen < 0 || !error.schemaPath.startsWith(`${here}${chosen}/`)) dropped.add(error);
      }
    }
    if (chosen >= 0) dropped.add(union);
  }
  return errors.filter((error) => !dropped.has(error) && error.keyword !== 'if');
}

/** Two errors of one schema can belong to different items of a list, so the instance counts as well. */
function isBelow(error: ErrorObject, schemaPath: string, instancePath: string): boolean {
  return (
    error.schemaPath.startsWith(schemaPath) &&
    (error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`))
  );
}

export function isOfType(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

/** The path of ajv's JSON pointer, list positions as numbers. */
export function pointerPath(pointer: string, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let part = value;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(part) ? Number(key) : key);
    part = typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined;
  }
  return path;
}
