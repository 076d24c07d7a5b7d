// Proves how one element of an engine's list becomes a slim record, and how its status sentence is read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ListElement, readElement } from '../../src/adapters/docker/list-record.ts';
import { readStatus } from '../../src/adapters/docker/status-text.ts';
import { LABEL } from '../../src/model/labels.ts';

const ours = {
  [LABEL.managed]: 'true',
  [LABEL.controller]: 'default',
  [LABEL.unit]: 'shop/prod',
  [LABEL.workloadId]: 'project.shop',
  [LABEL.workloadKind]: 'project',
  [LABEL.role]: 'prod',
  [LABEL.replica]: '2',
  [LABEL.specHash]: 'abc123',
  [LABEL.imageDigest]: 'sha256:77',
  [LABEL.release]: '2.1.4',
};

function element(change: Partial<ListElement> = {}): ListElement {
  return {
    Id: 'c0ffee',
    Names: ['/shop-prod-abc123-2'],
    Image: 'ghcr.io/acme/shop:2.1.4',
    ImageID: 'sha256:11',
    Created: 1_790_000_000,
    Ports: [{ IP: '127.0.0.1', PrivatePort: 8080, PublicPort: 32768, Type: 'tcp' }],
    Labels: ours,
    State: 'running',
    Status: 'Up 3 minutes (healthy)',
    NetworkSettings: { Networks: { shop: { EndpointID: 'e1', NetworkID: 'n1', IPAddress: '10.0.0.2' } } },
    ...change,
  };
}

const read = (change: Partial<ListElement> = {}, known: Record<string, string[]> = {}) =>
  readElement(element(change), {
    controller: 'default',
    intern: (text) => text,
    aliases: (endpointId) => known[endpointId] ?? null,
  });

describe('an element of the list', () => {
  it('becomes a record', () => {
    assert.deepEqual(read(), {
      id: 'c0ffee',
      name: 'shop-prod-abc123-2',
      image: 'ghcr.io/acme/shop:2.1.4',
      imageId: 'sha256:11',
      state: 'running',
      health: 'healthy',
      exitCode: null,
      upSeconds: 180,
      createdAtMs: 1_790_000_000_000,
      ports: [{ target: 8080, published: 32768, hostIp: '127.0.0.1', protocol: 'tcp' }],
      networks: { shop: { endpointId: 'e1', networkId: 'n1', ip: '10.0.0.2', aliases: null } },
      ours: {
        controller: 'default',
        unit: 'shop/prod',
        workloadId: 'project.shop',
        kind: 'project',
        role: 'prod',
        replica: 2,
        specHash: 'abc123',
        imageDigest: 'sha256:77',
        release: '2.1.4',
      },
      compose: null,
    });
  });

  it('has the aliases that are known of its endpoint', () => {
    assert.deepEqual(read({}, { e1: ['shop'] })?.networks.shop?.aliases, ['shop']);
  });

  it("is a stranger's without our mark, or with another controller's", () => {
    assert.equal(read({ Labels: { ...ours, [LABEL.managed]: 'false' } })?.ours, null);
    assert.equal(read({ Labels: { ...ours, [LABEL.controller]: 'cellar' } })?.ours, null);
    assert.equal(read({ Labels: null })?.ours, null);
  });

  it('is passed over when it is a task of a Swarm service, whatever else it carries', () => {
    assert.equal(read({ Labels: { ...ours, 'com.docker.swarm.task.id': 'x1' } }), null);
  });

  it("reads Compose's labels, and what a cut recreate left behind", () => {
    const labels = {
      'com.docker.compose.project': 'immich',
      'com.docker.compose.service': 'server',
      'com.docker.compose.container-number': '2',
      'com.docker.compose.oneoff': 'True',
      'com.docker.compose.project.working_dir': '/opt/stacks/immich',
      'com.docker.compose.project.config_files': '/opt/stacks/immich/compose.yaml',
      'com.docker.compose.replace': 'immich-server-2',
    };
    assert.deepEqual(read({ Labels: labels })?.compose, {
      project: 'immich',
      service: 'server',
      number: 2,
      oneOff: true,
      workingDir: '/opt/stacks/immich',
      configFiles: '/opt/stacks/immich/compose.yaml',
      replaces: 'immich-server-2',
    });
  });

  it('is no replica of its service where Compose ran it once, or for a hook', () => {
    const service = { 'com.docker.compose.project': 'immich', 'com.docker.compose.service': 'server' };
    const isOneOff = (more: Record<string, string>) =>
      read({ Labels: { ...service, ...more } })?.compose?.oneOff;
    assert.equal(isOneOff({}), false);
    assert.equal(isOneOff({ 'com.docker.compose.oneoff': 'False' }), false);
    assert.equal(isOneOff({ 'com.docker.compose.oneoff': 'True' }), true);
    for (const hook of ['pre_start', 'post_start', ''])
      assert.equal(
        isOneOff({ 'com.docker.compose.oneoff': 'False', 'com.docker.compose.hook': hook }),
        true,
        hook,
      );
  });

  it("takes its own name among those of legacy links, and an id's beginning where there is none", () => {
    assert.equal(read({ Names: ['/web/db', '/db'] })?.name, 'db');
    assert.equal(read({ Names: null, Id: 'f'.repeat(64) })?.name, 'f'.repeat(12));
  });

  it('believes the structured health of newer engines before the sentence', () => {
    assert.equal(read({ Health: { Status: 'starting' } })?.health, 'starting');
    assert.equal(read({ Health: { Status: 'none' } })?.health, 'none');
  });

  it('has no networks and no ports where the engine says null', () => {
    const bare = read({ Ports: null, NetworkSettings: null });
    assert.deepEqual([bare?.ports, bare?.networks], [[], {}]);
  });
});

describe('a status sentence', () => {
  const cases: [string, number | null, number | null, string][] = [
    ['Up Less than a second', 0, null, 'none'],
    ['Up 1 second', 1, null, 'none'],
    ['Up 3 seconds', 3, null, 'none'],
    ['Up 45 seconds (health: starting)', 45, null, 'starting'],
    ['Up About a minute', 60, null, 'none'],
    ['Up About a minute (unhealthy)', 60, null, 'unhealthy'],
    ['Up 12 minutes (Paused)', 720, null, 'none'],
    ['Up About an hour (healthy)', 3_600, null, 'healthy'],
    ['Up 2 hours (healthy)', 7_200, null, 'healthy'],
    ['Up 3 days', 259_200, null, 'none'],
    ['Up 2 weeks', 1_209_600, null, 'none'],
    ['Up 4 months', 10_368_000, null, 'none'],
    ['Up 2 years', 63_072_000, null, 'none'],
    ['Exited (0) Less than a second ago', null, 0, 'none'],
    ['Exited (137) 3 minutes ago', null, 137, 'none'],
    ['Exited (-1) 2 days ago', null, -1, 'none'],
    ['Restarting (1) 5 seconds ago', null, 1, 'none'],
    ['Created', null, null, 'none'],
    ['Dead', null, null, 'none'],
    ['Removal In Progress', null, null, 'none'],
  ];
  for (const [status, upSeconds, exitCode, health] of cases)
    it(`"${status}"`, () => {
      assert.deepEqual(readStatus(status), { upSeconds, exitCode, health });
    });
});
