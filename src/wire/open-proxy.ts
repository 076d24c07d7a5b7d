// Opens the proxy that the configuration names; nothing is asked yet.
import type { Config } from '../model/config.ts';
import { fault } from '../model/errors.ts';
import type { ProxyOptions, ProxyProvider } from '../ports/proxy-provider.ts';
import { proxies } from '../proxies/registry.ts';

export function openProxy(
  config: Config,
  rest: Omit<ProxyOptions, 'config' | 'controller' | 'formerly'>,
): ProxyProvider | null {
  const { proxy, controller, formerly } = config;
  if (proxy === null) return null;
  const factory = proxies.find(({ name }) => name === proxy.provider);
  if (factory !== undefined) return factory.open({ config: proxy, controller, formerly, ...rest });
  throw fault({
    code: 'PROXY_UNKNOWN',
    reason: 'ProxyUnknown',
    message: `No proxy is called ${proxy.provider}`,
    hint: `one of ${proxies.map(({ name }) => name).join(', ')}`,
    disposition: 'stalled',
  });
}
