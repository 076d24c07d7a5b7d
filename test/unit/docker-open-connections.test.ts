// Which rows of the kernel's tables are connections of clients, and when the tables are not those of the container.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countInbound, openConnections } from '../../src/adapters/docker/open-connections.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, remote: string, state: string): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 6681561 1 0 100 0 0 10 0`;

/** Listens on 8080 (1F90). */
const listening = row('00000000:1F90', '00000000:0000', '0A');
const listeningV6 = row(
  '00000000000000000000000000000000:1F90',
  '00000000000000000000000000000000:0000',
  '0A',
);
const mapped = '0000000000000000FFFF0000';

const cases: { what: string; rows: string[]; count: number }[] = [
  { what: 'nobody', rows: [listening], count: 0 },
  { what: 'a client', rows: [listening, row('0200B30A:1F90', '0100B30A:D431', '01')], count: 1 },
  {
    what: 'a client by IPv6',
    rows: [listeningV6, row(`${mapped}0200B30A:1F90`, `${mapped}0100B30A:D431`, '01')],
    count: 1,
  },
  {
    what: 'who comes, who has sent its end, and what is still to be delivered',
    rows: [
      listening,
      ...['03', '04', '08', '09', '0B'].map((state) => row('0200B30A:1F90', '0100B30A:D431', state)),
    ],
    count: 5,
  },
  {
    what: 'what is over',
    rows: [listening, ...['05', '06', '07'].map((state) => row('0200B30A:1F90', '0100B30A:D431', state))],
    count: 0,
  },
  {
    what: 'what it asks of others',
    rows: [listening, row('0200B30A:D431', '0300B30A:1538', '01')],
    count: 0,
  },
  {
    what: 'what stays within it',
    rows: [
      listening,
      row('0100007F:1F90', '0100007F:D431', '01'),
      row(`${mapped}0100007F:1F90`, `${mapped}0100007F:D431`, '01'),
      row('00000000000000000000000001000000:1F90', '00000000000000000000000001000000:D431', '01'),
    ],
    count: 0,
  },
];

for (const { what, rows, count } of cases)
  it(`${what}: ${count}`, () => assert.equal(countInbound([head, ...rows].join('\n')), count));

const id = 'f'.repeat(64);
const files =
  (known: Record<string, string>) =>
  async (path: string): Promise<string> => {
    const text = known[path];
    if (text === undefined) throw Object.assign(new Error(`ENOENT ${path}`), { code: 'ENOENT' });
    return text;
  };

it('nothing is told of a process that is not the one of the container, or cannot be looked at', async () => {
  const tcp = `${head}\n${listening}\n`;
  const container = { id, pid: 7 };
  const own = { '/proc/7/cgroup': `0::/system.slice/docker-${id}.scope\n`, '/proc/7/net/tcp': tcp };
  assert.equal(await openConnections(container, files(own)), 0);
  assert.equal(
    await openConnections(container, files({ ...own, '/proc/7/cgroup': '0::/init.scope\n' })),
    null,
  );
  assert.equal(await openConnections(container, files({})), null);
  assert.equal(await openConnections({ id, pid: 0 }, files(own)), null);
});
