// The contract of proxies on a real Nginx Proxy Manager: run by scripts/test-npm alone, for it needs one to write to.

import { proxyProviderContract } from '../proxy-provider-contract.ts';
import { createNpmRig } from './npm-rig.ts';

const { env } = process;
const url = env.NPM_URL ?? '';
const { hostname } = new URL(url);

proxyProviderContract(`Nginx Proxy Manager at ${url}`, async () =>
  createNpmRig({
    place: {
      url,
      email: env.NPM_EMAIL ?? '',
      password: env.NPM_PASSWORD ?? '',
      traffic: {
        http: env.NPM_TRAFFIC_HTTP ?? `http://${hostname}`,
        https: env.NPM_TRAFFIC_HTTPS ?? `https://${hostname}`,
      },
    },
    ...(env.NPM_UPSTREAM === undefined ? {} : { config: { address: env.NPM_UPSTREAM } }),
  }),
);
