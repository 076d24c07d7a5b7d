// Holds the provider for Nginx Proxy Manager against the contract, on the double with a real nginx, version by version.
import type { NpmVersion } from '../support/npm/quirks.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig } from '../support/proxy/npm-rig.ts';
import { proxyProviderContract } from '../support/proxy-provider-contract.ts';

const VERSIONS: readonly NpmVersion[] = ['2.9.22', '2.12.6', '2.13.6', '2.15.1', 'next'];

for (const version of VERSIONS)
  proxyProviderContract(`Nginx Proxy Manager ${version}`, async () => {
    const double = await startNpmDouble({ version });
    return createNpmRig({ place: double, close: () => double.close() });
  });
