// The recordings of certificates, redirections, 404 hosts, streams, access lists, settings and the audit log.
import { callApi } from '../support/npm/double-client.ts';
import type { Scenario, Scene } from '../support/npm/replay.ts';
import { selfSigned } from '../support/npm/self-signed.ts';

const upstream = { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: 18901 };

/** Uploads a pair for s.example.test as certificate 2. */
async function upload({ double, admin }: Scene): Promise<void> {
  const pair = await selfSigned(['s.example.test']);
  const form = new FormData();
  form.set('certificate', new Blob([pair.certificate]), 'certificate.pem');
  form.set('certificate_key', new Blob([pair.key]), 'key.pem');
  const { status, body } = await callApi(double.url, admin)('POST', '/nginx/certificates/2/upload', form);
  if (status !== 200) throw new Error(`The upload was refused: ${JSON.stringify(body)}`);
}

const people =
  (...items: readonly { username: string; password: string }[]) =>
  (recorded: unknown) => ({ ...(recorded as object), items });

export const objectScenarios: readonly Scenario[] = [
  {
    name: 'certificates',
    double: {},
    before: ({ double }) => double.world.tables.certificates.nextId(2),
    steps: [
      'certificate-create-custom',
      { play: 'certificate-get', before: upload },
      'certificates-list',
      'certificates-list-expanded',
      {
        play: 'proxy-host-get-with-certificate',
        async before(scene) {
          scene.double.world.tables.proxyHosts.nextId(24);
          const tls = { certificate_id: 2, ssl_forced: true, http2_support: true };
          await scene.must('POST', '/nginx/proxy-hosts', {
            domain_names: ['s.example.test'],
            ...upstream,
            ...tls,
          });
        },
      },
      'redirection-host-create-duplicate-of-proxy-host',
      'certificate-create-letsencrypt-failed',
      'certificate-delete',
    ],
  },
  {
    name: 'redirections, 404 hosts and streams',
    double: {},
    steps: [
      'redirection-host-create',
      'redirection-hosts-list',
      'redirection-host-update',
      'dead-host-create',
      'dead-host-update',
      'dead-hosts-list',
      'stream-create',
      'stream-create-duplicate-port',
      {
        play: 'streams-list',
        before: (scene) =>
          scene.must('POST', '/nginx/streams', {
            incoming_port: 18300,
            forwarding_host: '127.0.0.1',
            forwarding_port: 18901,
            tcp_forwarding: true,
          }),
      },
      'stream-update',
    ],
  },
  {
    name: 'access lists',
    double: {},
    steps: [
      { play: 'access-list-create', body: people({ username: 'u1', password: 'password1' }) },
      'access-lists-list',
      'access-list-get-expanded',
      {
        play: 'proxy-host-create-with-access-list',
        before: ({ double }) => double.world.tables.proxyHosts.nextId(25),
      },
      'proxy-host-get-access-list-nested-expand',
      {
        play: 'access-list-update-name-only',
        before: ({ double }) => double.world.tables.auditLog.nextId(203),
      },
      {
        play: 'access-list-update-items',
        // An empty password keeps the one that is there, which is what was recorded: the item has its id still.
        body: people({ username: 'u1', password: '' }, { username: 'u2', password: 'xy' }),
      },
      'access-list-delete',
      { play: 'audit-log-list', part: (body) => (body as unknown[]).slice(0, 3) },
    ],
  },
  {
    name: 'settings',
    double: {},
    steps: ['settings-list', 'setting-update'],
  },
];
