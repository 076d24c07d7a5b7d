// One Nginx Proxy Manager and who asks it: in which order it was asked, and a clock of ours that may go on by itself.
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { ProxyProvider } from '../../../src/ports/proxy-provider.ts';
import type { Limits } from '../../../src/proxies/nginx-proxy-manager/api.ts';
import { createNpmRig, type NpmRig } from '../proxy/npm-rig.ts';
import type { LoggedRequest } from './http.ts';
import type { NpmVersion } from './quirks.ts';
import { type NpmDouble, startNpmDouble } from './start-double.ts';

export interface AskedNpm extends AsyncDisposable {
  double: NpmDouble;
  rig: NpmRig;
  provider: ProxyProvider;
  /** So far our clock goes on, and not that of the proxy. */
  wait(ms: number): void;
  /** What was asked since the last call of it. */
  asked(): string[];
}

export async function startAskedNpm(
  options: { version?: NpmVersion; nginx?: 'process' | 'none'; limits?: Limits } = {},
): Promise<AskedNpm> {
  const { version = '2.15.1', nginx = 'none', limits } = options;
  const double = await startNpmDouble({ version, nginx });
  const clock = createSystemClock();
  let aheadMs = 0;
  const rig = createNpmRig({
    place: double,
    clock: { ...clock, nowMs: () => clock.nowMs() + aheadMs },
    ...(limits === undefined ? {} : { limits }),
    close: () => double.close(),
  });
  let told = 0;
  return {
    double,
    rig,
    provider: rig.open(),
    wait(ms) {
      aheadMs += ms;
    },
    asked() {
      const fresh = double.requests.slice(told);
      told = double.requests.length;
      return fresh.map(words);
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

const words = ({ method, path, status }: LoggedRequest): string =>
  `${method} ${path.replace('/api', '').replace(/\/\d+$/, '/ID')} ${status}`;
