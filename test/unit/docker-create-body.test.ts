// Proves what an engine is sent for a specification, key by key, for newer and older engines.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CreateRequest, createBody } from '../../src/adapters/docker/create-body.ts';
import type { ContainerSpec } from '../../src/model/container-spec.ts';
import { spec } from '../support/worlds.ts';

function body(
  change: Partial<ContainerSpec> = {},
  options: { apiVersion?: string; request?: Partial<CreateRequest> } = {},
): Record<string, unknown> {
  const request: CreateRequest = {
    host: 'local',
    name: 'shop-1',
    spec: spec(change),
    labels: {},
    endpoints: [],
    publishForProbe: null,
    ...options.request,
  };
  return createBody(request, {
    apiVersion: options.apiVersion ?? '1.45',
    labels: { 'tinyforge.unit': 'shop' },
  });
}

const host = (change: Partial<ContainerSpec>, options: Parameters<typeof body>[1] = {}) =>
  body(change, options).HostConfig as Record<string, unknown>;

const timing = { intervalMs: 2_000, timeoutMs: 500, retries: 5, startPeriodMs: 10_000 };

describe('a create body', () => {
  it('of a bare specification leaves the rest to the engine', () => {
    assert.deepEqual(body(), {
      Image: 'example/shop:1',
      Labels: { 'tinyforge.unit': 'shop' },
      StopTimeout: 1,
      HostConfig: {
        RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
        ReadonlyRootfs: false,
        Privileged: false,
      },
    });
  });

  const parts: [string, Partial<ContainerSpec>, string, unknown][] = [
    ['command', { command: ['serve', '--all'] }, 'Cmd', ['serve', '--all']],
    ['entrypoint', { entrypoint: ['/init'] }, 'Entrypoint', ['/init']],
    ['environment', { environment: { A: '1', B: 'x=y' } }, 'Env', ['A=1', 'B=x=y']],
    ['user', { user: '1000:1000' }, 'User', '1000:1000'],
    ['working_dir', { workingDir: '/srv' }, 'WorkingDir', '/srv'],
    ['hostname', { hostname: 'shop' }, 'Hostname', 'shop'],
    ['stop_signal', { stopSignal: 'SIGQUIT' }, 'StopSignal', 'SIGQUIT'],
    ['stop_grace_period', { stopGraceMs: 1_500 }, 'StopTimeout', 2],
    [
      'labels, ours over theirs',
      { labels: { a: 'b', 'tinyforge.unit': 'x' } },
      'Labels',
      { a: 'b', 'tinyforge.unit': 'shop' },
    ],
    ['expose', { expose: [80] }, 'ExposedPorts', { '80/tcp': {} }],
  ];
  for (const [name, change, key, expected] of parts)
    it(`puts ${name} into ${key}`, () => assert.deepEqual(body(change)[key], expected));

  const hostParts: [string, Partial<ContainerSpec>, string, unknown][] = [
    [
      'ports',
      {
        ports: [
          { target: 80, published: 8080, hostIp: '127.0.0.1', protocol: 'tcp' },
          { target: 80, published: null, hostIp: '', protocol: 'tcp' },
          { target: 53, published: 53, hostIp: '', protocol: 'udp' },
        ],
      },
      'PortBindings',
      {
        '80/tcp': [
          { HostIp: '127.0.0.1', HostPort: '8080' },
          { HostIp: '', HostPort: '' },
        ],
        '53/udp': [{ HostIp: '', HostPort: '53' }],
      },
    ],
    [
      'mounts',
      {
        mounts: [
          { type: 'volume', source: 'data', target: '/data', readOnly: false },
          { type: 'volume', source: '', target: '/cache', readOnly: false },
          { type: 'bind', source: '/srv/conf', target: '/etc/app', readOnly: true },
          { type: 'tmpfs', source: '', target: '/tmp', readOnly: false },
        ],
      },
      'Mounts',
      [
        { Type: 'volume', Target: '/data', ReadOnly: false, Source: 'data' },
        { Type: 'volume', Target: '/cache', ReadOnly: false },
        {
          Type: 'bind',
          Target: '/etc/app',
          ReadOnly: true,
          Source: '/srv/conf',
          BindOptions: { CreateMountpoint: true },
        },
        { Type: 'tmpfs', Target: '/tmp', ReadOnly: false },
      ],
    ],
    [
      'restart',
      { restart: { name: 'on-failure', maxRetries: 3 } },
      'RestartPolicy',
      { Name: 'on-failure', MaximumRetryCount: 3 },
    ],
    ['cap_add', { capAdd: ['NET_ADMIN'] }, 'CapAdd', ['NET_ADMIN']],
    ['cap_drop', { capDrop: ['ALL'] }, 'CapDrop', ['ALL']],
    ['security_opt', { securityOpt: ['no-new-privileges'] }, 'SecurityOpt', ['no-new-privileges']],
    ['group_add', { groupAdd: ['44'] }, 'GroupAdd', ['44']],
    ['extra_hosts', { extraHosts: ['a=10.0.0.1', 'b:::1'] }, 'ExtraHosts', ['a:10.0.0.1', 'b:::1']],
    ['dns', { dns: ['9.9.9.9'] }, 'Dns', ['9.9.9.9']],
    ['read_only', { readOnly: true }, 'ReadonlyRootfs', true],
    ['init', { init: true }, 'Init', true],
    ['no init, as the engine has it', { init: false }, 'Init', undefined],
    ['privileged', { privileged: true }, 'Privileged', true],
    ['pid', { pid: 'host' }, 'PidMode', 'host'],
    ['ipc', { ipc: 'shareable' }, 'IpcMode', 'shareable'],
    ['shm_size', { shmSizeBytes: 64 }, 'ShmSize', 64],
    ['sysctls', { sysctls: { 'net.core.somaxconn': '1024' } }, 'Sysctls', { 'net.core.somaxconn': '1024' }],
    [
      'ulimits',
      { ulimits: { nofile: { soft: 1, hard: 2 } } },
      'Ulimits',
      [{ Name: 'nofile', Soft: 1, Hard: 2 }],
    ],
    [
      'devices',
      { devices: ['/dev/fuse', '/dev/sda:/dev/xvda:r'] },
      'Devices',
      [
        { PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' },
        { PathOnHost: '/dev/sda', PathInContainer: '/dev/xvda', CgroupPermissions: 'r' },
      ],
    ],
    [
      'logging',
      { logging: { driver: 'local', options: { 'max-size': '10m' } } },
      'LogConfig',
      { Type: 'local', Config: { 'max-size': '10m' } },
    ],
    ['network_mode', { networkMode: 'host' }, 'NetworkMode', 'host'],
  ];
  for (const [name, change, key, expected] of hostParts)
    it(`puts ${name} into HostConfig.${key}`, () => assert.deepEqual(host(change)[key], expected));

  it('limits resources', () => {
    const limits = { memoryBytes: 512, memoryReservationBytes: 256, cpus: 1.5, pids: 100 };
    const { Memory, MemoryReservation, NanoCpus, PidsLimit } = host({ resources: limits });
    assert.deepEqual([Memory, MemoryReservation, NanoCpus, PidsLimit], [512, 256, 1_500_000_000, 100]);
  });

  it('publishes a port for probes on loopback alone, beside the others', () => {
    const sent = body({}, { request: { publishForProbe: 8080 } });
    assert.deepEqual(sent.ExposedPorts, { '8080/tcp': {} });
    const bindings = (sent.HostConfig as Record<string, unknown>).PortBindings;
    assert.deepEqual(bindings, { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] });
  });

  it('gives the engine a check only where a command is the check', () => {
    const health = (check: ContainerSpec['health']) => body({ health: check }).Healthcheck;
    const expected = { Interval: 2e9, Timeout: 5e8, Retries: 5, StartPeriod: 1e10 };
    assert.deepEqual(health({ type: 'command', test: ['CMD-SHELL', 'curl x'], timing }), {
      Test: ['CMD-SHELL', 'curl x'],
      ...expected,
    });
    assert.deepEqual(health({ type: 'command', test: ['pg_isready'], timing }), {
      Test: ['CMD', 'pg_isready'],
      ...expected,
    });
    assert.equal(health({ type: 'http', path: '/', port: 80, timing }), undefined);
    assert.equal(health({ type: 'tcp', port: 80, timing }), undefined);
    assert.equal(health({ type: 'image', settleMs: 1, timing }), undefined);
    assert.equal(health({ type: 'none' }), undefined);
  });

  const endpoints = [
    { network: 'front', aliases: ['shop'] },
    { network: 'back', aliases: [] },
  ];

  it('names all networks to an engine that takes several', () => {
    const sent = body({}, { request: { endpoints } });
    assert.equal((sent.HostConfig as Record<string, unknown>).NetworkMode, 'front');
    assert.deepEqual(sent.NetworkingConfig, {
      EndpointsConfig: { front: { Aliases: ['shop'] }, back: { Aliases: [] } },
    });
  });

  it('names one network to an older engine', () => {
    assert.deepEqual(body({}, { apiVersion: '1.43', request: { endpoints } }).NetworkingConfig, {
      EndpointsConfig: { front: { Aliases: ['shop'] } },
    });
  });

  it('binds in the old notation for an engine that cannot create the source otherwise', () => {
    const mounts: ContainerSpec['mounts'] = [
      { type: 'bind', source: '/srv/a', target: '/a', readOnly: true },
      { type: 'volume', source: 'v', target: '/v', readOnly: false },
    ];
    const sent = host({ mounts }, { apiVersion: '1.41' });
    assert.deepEqual(sent.Binds, ['/srv/a:/a:ro']);
    assert.deepEqual(sent.Mounts, [{ Type: 'volume', Target: '/v', ReadOnly: false, Source: 'v' }]);
  });
});
