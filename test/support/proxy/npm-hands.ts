// What people do on the page of Nginx Proxy Manager, by its API and without any code of ours.

import type { NpmPlace } from './npm-rig.ts';
import type { ByHand } from './rig.ts';

export interface Hands extends ByHand {
  disable: (id: string) => Promise<void>;
  /** Any call; its answer. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** A form with the two files of a pair. */
  upload(path: string, pair: { certificate: string; key: string }): Promise<void>;
}

const PATHS: Readonly<Record<string, string>> = {
  'proxy-host': '/nginx/proxy-hosts',
  'redirection-host': '/nginx/redirection-hosts',
  'dead-host': '/nginx/dead-hosts',
  stream: '/nginx/streams',
};

export function handsOn({ url, email, password }: Pick<NpmPlace, 'url' | 'email' | 'password'>): Hands {
  let token: string | null = null;

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    if (token === null && path !== '/tokens') {
      const answer = await call('POST', '/tokens', { identity: email, secret: password });
      token = (answer as { token: string }).token;
    }
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  }

  return {
    call,
    async upload(path, { certificate, key }) {
      await call('GET', '/nginx/certificates');
      const form = new FormData();
      form.set('certificate', new Blob([certificate]), 'certificate.pem');
      form.set('certificate_key', new Blob([key]), 'key.pem');
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/api${path}`, { method: 'POST', headers, body: form });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    async addRoute(domain, { scheme, host, port }) {
      const body = {
        domain_names: [domain],
        forward_scheme: scheme,
        forward_host: host,
        forward_port: port,
      };
      const made = (await call('POST', '/nginx/proxy-hosts', body)) as { id: number };
      await settled();
      return `proxy-host/${made.id}`;
    },
    async sendTo(id, { host, port }) {
      await call('PUT', pathOf(id), { forward_host: host, forward_port: port });
    },
    async changeOption(id) {
      await call('PUT', pathOf(id), { block_exploits: true, certificate_id: 0 });
    },
    async spoil(id) {
      // As somebody empties the field on the page and saves.
      const { certificate_id } = (await call('GET', pathOf(id))) as { certificate_id: number };
      await call('PUT', pathOf(id), { advanced_config: '', certificate_id });
      await settled();
    },
    async disable(id) {
      await call('POST', `${pathOf(id)}/disable`);
    },
    async remove(id) {
      await call('DELETE', pathOf(id));
    },
  };

  /** A reload is seen 105 to 122 ms after the answer. */
  async function settled(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function pathOf(id: string): string {
  const [kind = '', number = ''] = id.split('/');
  return `${PATHS[kind]}/${number}`;
}
