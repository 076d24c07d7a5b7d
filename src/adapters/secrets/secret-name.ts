// Names of secrets: what they may look like, and what they are called in the environment.

const PREFIX = 'TINYFORGE_SECRET_';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** False for anything that could be a path, or one of the bookkeeping entries that begin with a dot. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** `shop-db` is TINYFORGE_SECRET_SHOP_DB. */
export function variableOf(name: string): string {
  return PREFIX + name.toUpperCase().replace(/[.-]/g, '_');
}

/** TINYFORGE_SECRET_SHOP_DB is listed as `shop-db`; null for other variables. */
export function nameOfVariable(variable: string): string | null {
  if (!variable.startsWith(PREFIX)) return null;
  const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
  return isSecretName(name) ? name : null;
}
