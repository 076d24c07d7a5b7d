// Holds the proxy in memory against the contract, so that the loop's tests lean on what real ones do.
import { createFakeRig } from '../support/proxy/fake-rig.ts';
import { proxyProviderContract } from '../support/proxy-provider-contract.ts';

proxyProviderContract('in memory', async () => createFakeRig());
