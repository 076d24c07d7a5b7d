// A port that a stranger's stream has: told in the plan with whose it is, and taken over where the manifest says so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { routeWishes } from '../../src/core/route/wishes.ts';
import { refuses as refusesOfCaddy } from '../../src/proxies/caddy/refuses.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';
import { npmLoop } from '../support/npm/loop.ts';

const stream = (more = ''): string =>
  `kind: proxy\nname: db\nstream: { port: 28992, forward: "192.0.2.7:5432" }\n${more}`;

const STRANGER = {
  ...{ owner_user_id: 1, incoming_port: 28_992, forwarding_host: '192.0.2.9', forwarding_port: 5432 },
  ...{ tcp_forwarding: true, udp_forwarding: false, certificate_id: 0, enabled: true, meta: {} },
};

describe('a stream whose port a stranger has', () => {
  it('is told before anything is written, with whose it is, and is had with `adopt: true`', async () => {
    await using loop = await npmLoop();
    const { streams } = loop.double.world.tables;
    const { id } = streams.insert(STRANGER);
    loop.rig.files.set('db.yaml', stream());
    const requests = await loop.requestsOf(() => loop.rig.settle());
    assert.deepEqual(
      requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens')),
      [],
    );
    const { reason, sentence } = loop.rig.status('db');
    assert.equal(reason, 'RouteConflict', sentence);
    assert.match(sentence, new RegExp(`^port 28992 is already served by stream/${id} of the proxy`));
    loop.rig.files.set('db.yaml', stream('adopt: true\n'));
    await loop.rig.settle();
    const status = loop.rig.status('db');
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual(
      streams.all().map((row) => [row.id, row.forwarding_host]),
      [[id, '192.0.2.7']],
    );
  });

  it('is not in the way of another port', async () => {
    await using loop = await npmLoop();
    loop.double.world.tables.streams.insert({ ...STRANGER, incoming_port: 28_993 });
    loop.rig.files.set('db.yaml', stream());
    await loop.rig.settle();
    assert.equal(loop.rig.status('db').outcome, 'converged', loop.rig.status('db').sentence);
  });
});

describe('a stream where routes get the certificates that are there', () => {
  // `tls: auto` is what tinyforge.yaml says by default with Nginx Proxy Manager.
  it('is made, without one: it has no names to find one by', async () => {
    await using loop = await npmLoop({ tls: 'auto' });
    loop.rig.files.set('db.yaml', stream());
    await loop.rig.settle();
    assert.equal(loop.rig.status('db').outcome, 'converged', loop.rig.status('db').sentence);
    assert.deepEqual(
      loop.double.world.tables.streams.all().map((row) => row.certificate_id),
      [0],
    );
  });
});

it('is refused by Caddy with a certificate as without: it is the stream that it cannot have', () => {
  for (const more of ['', 'tls: { certificate: db }\n']) {
    const { units, problems } = catalogOf(stream(more), { proxy: proxied });
    assert.deepEqual(problems, []);
    const [wish] = units.flatMap(routeWishes);
    assert.ok(wish !== undefined);
    assert.equal(refusesOfCaddy(wish), 'Caddy forwards HTTP alone: a stream needs another proxy.');
  }
});
