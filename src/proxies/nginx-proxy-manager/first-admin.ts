// The first account of a new Nginx Proxy Manager (2.13 and later), made only when somebody says so.
import { fault } from '../../model/errors.ts';
import type { ProxyOptions } from '../../ports/proxy-provider.ts';
import { type Api, answerOf } from './api.ts';
import { loginRefused, secretMissing } from './failures.ts';
import { readInstance } from './features.ts';

export interface FirstAdmin {
  /** Lower case: its login lowers what is typed, and what is stored keeps its case. */
  email: string;
  name: string;
  password: string;
}

/** Resolves to its email. Faults: ProxyAlreadySetUp, RouteRefused (stalled), ProxyAway (retry). */
export async function createFirstAdmin(
  deps: { api: Pick<Api, 'open'>; url: string },
  { admin, signal }: { admin: FirstAdmin; signal: AbortSignal },
): Promise<string> {
  const instance = await readInstance(deps, signal);
  if (instance.isSetUp !== false)
    throw fault({
      code: 'PROXY_ALREADY_SET_UP',
      reason: 'ProxyAlreadySetUp',
      message: `Nginx Proxy Manager at ${deps.url} has accounts already`,
      hint: 'Make one for Tinyforge on its page.',
      disposition: 'stalled',
    });
  const email = admin.email.trim().toLowerCase();
  const body = {
    name: admin.name,
    nickname: admin.name,
    email,
    roles: ['admin'],
    is_disabled: false,
    // Without it the account is made all the same, and nobody can ever log in.
    auth: { type: 'password', secret: admin.password },
  };
  answerOf(await deps.api.open({ method: 'POST', path: '/users', body, signal }), { url: deps.url });
  return email;
}

/** The account of the configuration. Faults: ProxyLoginRefused, SecretMissing (stalled). */
export function firstAdmin({ config, secrets }: Pick<ProxyOptions, 'config' | 'secrets'>): FirstAdmin {
  const { email, password, url } = config;
  if (email === null || password === null)
    throw loginRefused(url, {
      account: email ?? 'nobody',
      why: '`proxy.email` and `proxy.password` are not both given',
    });
  const value = secrets.get(password);
  if (value === null) throw secretMissing(password);
  return { email, name: 'Tinyforge', password: value.trim() };
}
