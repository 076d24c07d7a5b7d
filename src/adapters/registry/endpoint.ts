// Where a registry is asked: which host stands behind its name, and whether plain http is allowed there.
import { isLoopbackRegistry } from '../../core/image-reference.ts';

/** Base addresses to try in this order, without a slash at the end. */
export function endpointsOf(registry: string): readonly string[] {
  // Docker Hub answers at another name than the one in image references.
  if (registry === 'docker.io') return ['https://registry-1.docker.io'];
  // As the engine does: on loopback nobody listens in between, and a local registry rarely has a certificate.
  if (isLoopbackRegistry(registry)) return [`http://${registry}`, `https://${registry}`];
  return [`https://${registry}`];
}

/** True where a password may travel: encrypted, or not leaving this machine. */
export function isSafeForPasswords(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackRegistry(url.host));
}

/**
 * True when the token server that a registry names may be given the password for that registry. The name comes with the
 * registry's answer, so whoever forges one answer could collect passwords: it has to be the registry itself, Docker
 * Hub's own server, a parent domain (registry.gitlab.com → gitlab.com), or one that the owner has listed.
 */
export function mayAskForPassword(
  realm: URL,
  options: { registry: string; allowed: readonly string[] },
): boolean {
  const { registry, allowed } = options;
  if (!isSafeForPasswords(realm)) return false;
  const host = realm.host.toLowerCase();
  if (registry === 'docker.io') return host === 'auth.docker.io';
  const own = registry.toLowerCase();
  if (host === own || allowed.some((one) => one.toLowerCase() === host)) return true;
  // Two words at least: nobody who may answer for registry.example.com owns all of `com`.
  return realm.port === '' && host.split('.').length >= 2 && own.replace(/:\d+$/, '').endsWith(`.${host}`);
}
