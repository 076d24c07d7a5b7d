// Holds the provider for Caddy against the contract, on a real Caddy.
import { startCaddyRig } from '../support/proxy/caddy-rig.ts';
import { proxyProviderContract } from '../support/proxy-provider-contract.ts';

proxyProviderContract('Caddy', startCaddyRig);
