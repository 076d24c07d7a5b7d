// How a site's files are served, asked of the real web server: headers, redirects, clean addresses, caching, compression.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type RealController, realController } from '../support/real/controller.ts';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** As it is, without following anything and without mending the path. */
async function ask(rig: RealController, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const [running] = await rig.live();
  const seen = (await rig.docker('GET', `/containers/${running?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  const host = Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress;
  const asked = request({ host, path, headers, agent: false }).end();
  const [response] = await once(asked, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('latin1')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body: body.trim() };
}

async function converge(rig: RealController, manifest: object): Promise<void> {
  const whole = { kind: 'site', name: rig.name, content: { path: './public' }, drain: '100ms', ...manifest };
  await rig.write('site.yaml', JSON.stringify(whole));
  const status = rig.status(await rig.apply(), rig.name);
  assert.equal(status.outcome, 'converged', status.sentence);
}

describe('a site says how it is served', () => {
  it('headers by path, the closer one first, on pages of a fallback too, whatever is in their values', async () => {
    await using rig = await realController();
    await rig.write('public/index.html', 'home');
    await rig.write('public/app/page.html', 'page');
    await rig.write('public/assets/app.3f2a.js', 'code');
    const odd = `"quoted" 'too' \\ \${x} $host; } # {`;
    await converge(rig, {
      spa: true,
      headers: {
        '/*': { 'X-Frame-Options': 'DENY', 'X-Odd': odd.replaceAll('$', '$$$$') },
        '/app/*': { 'X-Frame-Options': 'SAMEORIGIN' },
        '/app/page.html': { 'x-frame-options': 'closest', 'Cache-Control': 'no-store' },
      },
      immutable: ['/assets/*'],
    });
    const of = async (path: string, name: string): Promise<unknown> => (await ask(rig, path)).headers[name];
    assert.equal(await of('/', 'x-frame-options'), 'DENY');
    assert.equal(await of('/', 'x-odd'), odd);
    assert.equal(await of('/app/no/such', 'x-frame-options'), 'SAMEORIGIN');
    assert.equal((await ask(rig, '/app/no/such')).body, 'home');
    assert.equal(await of('/app/page.html', 'x-frame-options'), 'closest');
    assert.equal(await of('/app/page.html', 'cache-control'), 'no-store');
    assert.equal(await of('/assets/app.3f2a.js', 'cache-control'), 'public, max-age=31536000, immutable');
    const missing = await ask(rig, '/assets/app.0000.js');
    assert.deepEqual([missing.status, missing.headers['cache-control']], [404, undefined]);
    assert.equal(await of('/', 'cache-control'), undefined);
  });

  it('redirects, with the rest and the query, and never to a host that the visitor chose', async () => {
    await using rig = await realController();
    await rig.write('public/index.html', 'home');
    await rig.write('public/about.html', 'about');
    await rig.write('public/deep/index.html', 'deep');
    await rig.write('public/a$b.html', 'lost');
    await converge(rig, {
      clean_urls: true,
      not_found: 'a$$b.html',
      redirects: [
        { from: '/old', to: '/new', status: 302 },
        { from: '/blog/*', to: '/*', status: 308 },
        { from: '/else/*', to: 'https://example.com/there/*' },
        { from: '/-/*', to: '/gone' },
      ],
    });
    const leads = async (path: string): Promise<unknown[]> => {
      const { status, headers } = await ask(rig, path);
      return [status, headers.location];
    };
    assert.deepEqual(await leads('/old?q=1'), [302, '/new?q=1']);
    assert.deepEqual(await leads('/old/'), [302, '/new']);
    assert.equal((await ask(rig, '/older')).body, 'lost');
    assert.deepEqual(await leads('/blog/2024/x?y'), [308, '/2024/x?y']);
    assert.deepEqual(await leads('/else/a%0d%0aX-Evil:1'), [
      301,
      'https://example.com/there/a%0d%0aX-Evil:1',
    ]);
    for (const path of ['/blog//evil.example', '/blog/\\evil.example', '/blog///\\/evil.example'])
      assert.deepEqual(await leads(path), [308, '/evil.example'], path);
    assert.deepEqual(await leads('//evil.example/x.html'), [301, '/evil.example/x']);
    assert.deepEqual(await leads('/about.html?a'), [301, '/about?a']);
    assert.deepEqual(await leads('/deep/index.html'), [301, '/deep/']);
    assert.deepEqual(await leads('/index.html'), [301, '/']);
    assert.equal((await ask(rig, '/about')).body, 'about');
    assert.equal((await ask(rig, '/deep/')).body, 'deep');
    assert.deepEqual([(await ask(rig, '/no')).status, (await ask(rig, '/no')).body], [404, 'lost']);
  });

  it('the compressed twin to those who take it, and the plain file to others', async () => {
    await using rig = await realController();
    await rig.write('public/index.html', 'plain words');
    await writeFile(join(rig.directory, 'public', 'index.html.gz'), gzipSync('compressed words'));
    await converge(rig, { precompressed: true });
    const plain = await ask(rig, '/index.html');
    assert.deepEqual([plain.body, plain.headers['content-encoding']], ['plain words', undefined]);
    const zipped = await ask(rig, '/index.html', { 'accept-encoding': 'gzip' });
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.match(String(zipped.headers.vary), /Accept-Encoding/i);
    assert.equal(zipped.headers['content-type'], plain.headers['content-type']);
  });

  it('and a browser that has the file of the release before is given the new one, of the same length too', async () => {
    await using rig = await realController();
    await rig.write('public/index.html', 'one');
    await converge(rig, {});
    const before = await ask(rig, '/');
    const known = {
      'if-none-match': String(before.headers.etag),
      'if-modified-since': String(before.headers['last-modified']),
    };
    assert.equal((await ask(rig, '/', known)).status, 304);
    await rig.write('public/index.html', 'two');
    await converge(rig, {});
    const after = await ask(rig, '/', known);
    assert.deepEqual([after.status, after.body], [200, 'two']);
  });
});
