// The recordings of proxy hosts, good and bad, before a real nginx that says which are online.
import type { Scenario, Scene } from '../support/npm/replay.ts';

const upstream = { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: 18901 };

const nextHost = (id: number) => (scene: Scene) => scene.double.world.tables.proxyHosts.nextId(id);

/** A host with this id and name is there. */
const hostAt = async (scene: Scene, id: number, name: string) => {
  nextHost(id)(scene);
  await scene.must('POST', '/nginx/proxy-hosts', { domain_names: [name], ...upstream });
};

export const proxyHostScenarios: readonly Scenario[] = [
  {
    name: 'one proxy host',
    double: {},
    steps: [
      'proxy-host-create-minimal',
      'proxy-hosts-list',
      'proxy-hosts-list-expanded',
      'proxy-host-get',
      'proxy-host-get-expanded',
      'reports-hosts',
      'proxy-host-update-partial',
      'proxy-host-update-with-readonly-fields',
      'proxy-host-update-full',
      'proxy-host-put-err-101',
      'proxy-host-put-err-baddomain',
      'proxy-host-put-err-badloc',
      'proxy-host-put-err-emptydomains',
      'proxy-host-put-err-port0',
      'proxy-host-put-err-port65536',
      'proxy-host-put-err-scheme',
      'proxy-host-put-err-unknown',
      {
        play: 'proxy-host-put-err-missingcert',
        // A write without certificate_id: the flags for TLS fall back.
        before: (scene) => scene.must('PUT', '/nginx/proxy-hosts/1', { caching_enabled: false }),
      },
      {
        play: 'proxy-host-get-missing',
        before: (scene) => scene.must('DELETE', '/nginx/proxy-hosts/1'),
      },
      'proxy-host-put-missing',
      'proxy-host-delete-missing',
      'proxy-host-enable-missing',
    ],
  },
  {
    name: 'several proxy hosts',
    double: {},
    async before(scene) {
      await hostAt(scene, 2, 'a.example.test');
      await hostAt(scene, 5, 'b.example.test');
      await hostAt(scene, 6, 'c.example.test');
    },
    steps: [
      'proxy-host-create-empty',
      'proxy-host-create-duplicate-domain',
      'proxy-host-update-duplicate-domain',
      'proxy-host-update-bad-advanced-config',
      { play: 'proxy-host-create-bad-advanced-config', before: nextHost(7) },
      'proxy-host-get-offline',
      'proxy-host-delete',
      'proxy-host-disable',
      'proxy-host-disable-already-disabled',
      'proxy-host-enable',
      'proxy-host-enable-already-enabled',
      'proxy-host-create-certificate-new-failed',
      { play: 'proxy-host-create-with-custom-meta', before: nextHost(31) },
    ],
  },
  {
    name: 'a broken nginx',
    double: {},
    async before(scene) {
      await hostAt(scene, 26, 'there.example.test');
      await scene.double.breakNginx();
    },
    steps: [
      'proxy-host-create-while-nginx-config-globally-broken',
      'proxy-host-update-while-nginx-config-globally-broken',
    ],
  },
  {
    name: 'proxy hosts before the rewrite',
    double: { version: '2.12.6' },
    async before(scene) {
      nextHost(2)(scene);
      // Its certificate fails, and the row stays without a word about nginx.
      const body = { domain_names: ['cn.test'], ...upstream, certificate_id: 'new' };
      await scene.must('POST', '/nginx/proxy-hosts', body).catch(() => {});
    },
    steps: [
      'v2.12.6-proxy-host-create-minimal',
      'v2.12.6-proxy-host-create-duplicate-domain',
      'v2.12.6-proxy-host-update-unknown-field',
      'v2.12.6-proxy-host-get-missing',
      'v2.12.6-proxy-hosts-list',
      'v2.12.6-proxy-host-delete',
    ],
  },
];
