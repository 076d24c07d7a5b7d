// The first account of a proxy that nobody has set up, where the proxy has accounts at all.
import { fault } from '../model/errors.ts';
import type { ProxyProvider } from '../ports/proxy-provider.ts';

/** Resolves to its name. Faults: NoProxy, ProxyHasNoAccounts, and the provider's. */
export async function createProxyAdmin(proxy: ProxyProvider | null, signal: AbortSignal): Promise<string> {
  if (proxy === null)
    throw fault({
      code: 'NO_PROXY',
      reason: 'NoProxy',
      message: 'No proxy is configured',
      hint: 'name one under `proxy:` in tinyforge.yaml',
      disposition: 'stalled',
    });
  if (proxy.createFirstAccount === null)
    throw fault({
      code: 'PROXY_HAS_NO_ACCOUNTS',
      reason: 'ProxyHasNoAccounts',
      message: `${proxy.name} has no accounts, so there is none to make`,
      hint: '`tinyforge doctor` alone shows whether it can be used',
      disposition: 'stalled',
    });
  return proxy.createFirstAccount(signal);
}
