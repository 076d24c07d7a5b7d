// What `doctor` says of Nginx Proxy Manager: address, version, account, second factor, permissions.
import type { ProxyConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { ProxyFinding } from '../../ports/proxy-provider.ts';
import { type Api, answerOf } from './api.ts';
import { type Instance, readInstance, versionText } from './features.ts';

export interface CheckDeps {
  api: Api;
  url: string;
  config: Pick<ProxyConfig, 'email' | 'url'>;
}

/** Sections that must be writable, and those that must be seen for certificates and access lists by name. */
const MANAGED = ['proxy_hosts'] as const;
const SEEN = ['certificates', 'access_lists'] as const;

export async function checkProxy(deps: CheckDeps, signal: AbortSignal): Promise<ProxyFinding[]> {
  const { api, url, config } = deps;
  let instance: Instance;
  try {
    instance = await readInstance(deps, signal);
  } catch (error) {
    signal.throwIfAborted();
    return [
      problemOf(error, 'Check `proxy.url`: it is the address of its interface, on port 81 as it comes.'),
    ];
  }
  const there = `Nginx Proxy Manager ${versionText(instance)} answers at ${url}`;
  if (instance.isSetUp === false)
    return [
      good(there),
      bad(
        'Nobody has set this Nginx Proxy Manager up: it has no account yet',
        '`tinyforge doctor --create-proxy-admin` makes the account that tinyforge.yaml names the first one.',
      ),
    ];
  const findings = [versionFinding(instance, there)];
  try {
    const path = '/users/me?expand=permissions';
    const me = answerOf(await api.call({ method: 'GET', path, signal }), { url });
    return [...findings, good(`${config.email} is let in`), ...permissionFindings(me, config.email ?? '')];
  } catch (error) {
    signal.throwIfAborted();
    return [...findings, problemOf(error, null)];
  }
}

function versionFinding(instance: Instance, there: string): ProxyFinding {
  const { major, minor } = instance;
  if (major === 2 && minor >= 9) return good(there);
  return bad(`${there}, and what we know are versions 2.9 to 2.15`, 'Take one of these versions.');
}

function permissionFindings(me: unknown, account: string): ProxyFinding[] {
  const { roles, permissions } = (me ?? {}) as {
    roles?: unknown;
    permissions?: Record<string, unknown> | { [name: string]: unknown }[];
  };
  if (Array.isArray(roles) && roles.includes('admin'))
    return [
      {
        ok: true,
        message: `${account} is an administrator, and can read every key there.`,
        hint: 'An account of its own with `manage` for what is routed is enough for Tinyforge.',
      },
    ];
  const own = (Array.isArray(permissions) ? permissions[0] : permissions) ?? {};
  const missing = [
    ...MANAGED.filter((name) => own[name] !== 'manage').map((name) => `manage ${words(name)}`),
    ...SEEN.filter((name) => own[name] === 'hidden').map((name) => `see ${words(name)}`),
    ...(own.visibility === 'user'
      ? ['see hosts of others, so a name that is taken shows only when it is refused']
      : []),
  ];
  if (missing.length === 0) return [good(`${account} may manage proxy hosts`)];
  return [
    bad(`${account} may not ${missing.join(', nor ')}`, 'Change its permissions in Nginx Proxy Manager.'),
  ];
}

function words(section: string): string {
  return section.replace('_', ' ');
}

function good(message: string): ProxyFinding {
  return { ok: true, message: `${message}.`, hint: null };
}

function bad(message: string, hint: string): ProxyFinding {
  return { ok: false, message: `${message}.`, hint };
}

function problemOf(error: unknown, hint: string | null): ProxyFinding {
  if (!isFault(error)) throw error;
  return bad(
    error.message,
    hint ?? error.hint ?? '`tinyforge doctor` again after a change shows whether it helped.',
  );
}
