// Where the engine's machine has a path of our container, and how a container is told from a machine.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownContainerIn } from '../../src/adapters/machine/own-container.ts';
import { hostPathOf, pathTrouble } from '../../src/core/host-path.ts';

const mounts = [
  { target: '/opt', source: '/srv/opt' },
  { target: '/opt/stacks', source: '/opt/stacks' },
  { target: '/opt/stacks/films', source: '/mnt/disk' },
  { target: '/data', source: '/var/lib/docker/volumes/data/_data' },
];

describe('a path of our container is, on the machine,', () => {
  const rows: [what: string, path: string, there: string | null][] = [
    ['the same below a folder that is mounted at its own path', '/opt/stacks/a/data', '/opt/stacks/a/data'],
    ['that folder itself', '/opt/stacks', '/opt/stacks'],
    ['what the nearest mount says', '/opt/stacks/films/old', '/mnt/disk/old'],
    ['elsewhere below a folder that comes from elsewhere', '/opt/stacksandmore', '/srv/opt/stacksandmore'],
    ['in a volume', '/data/x', '/var/lib/docker/volumes/data/_data/x'],
    ['nowhere', '/database', null],
  ];
  for (const [what, path, there] of rows) it(what, () => assert.equal(hostPathOf(path, mounts), there));

  it('the same wherever the whole machine is mounted', () => {
    assert.equal(hostPathOf('/x/y', [{ target: '/', source: '/' }]), '/x/y');
    assert.equal(hostPathOf('/x/y', [{ target: '/', source: '/mnt' }]), '/mnt/x/y');
    assert.equal(hostPathOf('/host/x', [{ target: '/host', source: '/' }]), '/x');
    assert.equal(hostPathOf('/host', [{ target: '/host', source: '/' }]), '/');
  });

  it('the same outside of containers', () => assert.equal(pathTrouble('/database', null), null));
});

describe('the container that we run in', () => {
  const id = 'c0ffee'.padEnd(64, '0');
  const line = (root: string, target: string) =>
    `512 480 8:1 ${root} ${target} rw,relatime - ext4 /dev/sda1 rw`;

  it('is told by the file of its name, wherever the engine keeps its data', () => {
    const info = [line('/', '/'), line(`/mnt/docker/containers/${id}/hostname`, '/etc/hostname')].join('\n');
    assert.equal(ownContainerIn(info), id);
  });

  it('is none on a machine that has folders of containers itself', () => {
    const info = [
      line('/', '/'),
      line(`/containers/${id}/shm`, `/var/lib/docker/containers/${id}/mounts/shm`),
    ];
    assert.equal(ownContainerIn(info.join('\n')), null);
    assert.equal(ownContainerIn(''), null);
  });
});
