// What Nginx Proxy Manager knows and tells (keys of its certificates, passwords that it was sent) is in nothing that we say or keep.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ACCESS } from '../../src/http/access.ts';
import { filesWithSecret, holdsSecret } from '../support/find-secret.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { serve } from '../support/real/serving.ts';
import { startTinyforge } from '../support/real/tinyforge.ts';

const CREDENTIALS = 'dns_token_5b2c "quoted" %41\nkey = 7d41c0ffee5b2c7d41c0ffee';

/** It has no end of its own: it is read beside all that happens. */
const STREAM: keyof typeof ACCESS = 'GET /events/stream';

interface Secrets {
  [what: string]: string;
}

/** Lines of a key stand for it: a text that was cut, or put on one line, leaks it as well. */
function linesOf(what: string, pem: string): Secrets {
  const lines = pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  return Object.fromEntries(lines.map((line, index) => [`${what}, line ${index}`, line]));
}

async function secretFile({ rig }: RoutedController, name: string, value: string): Promise<void> {
  await writeFile(join(rig.config.secrets.files ?? '', name), value, { mode: 0o600 });
}

describe('what the proxy knows', () => {
  it('is in no answer, page, log, row, file or output, even where it repeats all of it', async () => {
    await using behind = await startBehind();
    await using routed = await routedController({ reach: 'published' });
    const { rig, double, api } = routed;
    const domain = (name: string) => `${name}.${routed.domain}`;
    const [stranger, ours] = await Promise.all([selfSigned([domain('a')]), selfSigned([domain('b')])]);
    const made = await api('POST', '/nginx/certificates', { provider: 'other', nice_name: 'by hand' });
    const form = new FormData();
    form.set('certificate', new Blob([stranger.certificate]), 'c.pem');
    form.set('certificate_key', new Blob([stranger.key]), 'k.pem');
    await upload(routed, (made.body as { id: number }).id, form);
    await secretFile(routed, 'crt', ours.certificate);
    await secretFile(routed, 'key', ours.key);
    await secretFile(routed, 'dns', CREDENTIALS);
    double.switches.letsencrypt = 'self-signed';
    const secrets: Secrets = {
      ...linesOf('a key of a certificate there', stranger.key),
      ...linesOf('the key that we upload', ours.key),
      'the credentials for DNS': '7d41c0ffee5b2c7d41c0ffee',
      'the start of these': 'dns_token_5b2c',
      'the password of the account': double.password,
    };
    const tls = {
      a: '{ certificate: by hand }',
      b: '{ certificate: { upload: { certificate: "${secret:crt}", key: "${secret:key}" } } }',
      c: '{ certificate: { letsencrypt: { email: me@example.com, dns: { provider: vultr, credentials: "${secret:dns}" } } } }',
    };
    for (const [name, certificate] of Object.entries(tls))
      await rig.write(
        `${name}.yaml`,
        `kind: proxy\nname: ${rig.name}-${name}\ndomains: [${domain(name)}]\nforward: ${behind.url}\ntls: ${certificate}\n`,
      );

    const texts: [place: string, content: string][] = [];
    let streams: Promise<[place: string, content: string][]>;
    {
      await using serving = await serve(rig);
      for (const name of Object.keys(tls)) await serving.converged(`${rig.name}-${name}`);
      streams = streamsOf(serving.url, `${rig.name}-d`);

      // Each write is answered with all that it was sent and all that is there. Which of the three came first is chance.
      const changed = (await routed.hosts()).find(({ domain_names: names }) => names.includes(domain('a')));
      const writes = [/\/certificates$/, `/nginx/proxy-hosts/${changed?.id}`, /\/validate$/, /\/tokens$/];
      for (const [index, path] of writes.entries()) {
        double.faults.next({ match: { method: index === 1 ? 'PUT' : 'POST', path }, kind: 'tells-all' });
      }
      double.switches.letsencrypt = 'fail';
      double.expireTokens();
      const other = await selfSigned([domain('b')]);
      Object.assign(secrets, linesOf('the next key that we upload', other.key));
      await secretFile(routed, 'crt', other.certificate);
      await secretFile(routed, 'key', other.key);
      await rig.write(
        'd.yaml',
        `kind: proxy\nname: ${rig.name}-d\ndomains: [${domain('d')}]\nforward: ${behind.url}\ntls: ${tls.c}\n`,
      );
      await rig.write(
        'a.yaml',
        `kind: proxy\nname: ${rig.name}-a\ndomains: [${domain('a')}]\nforward: ${behind.url}\ntls: ${tls.a}\nroute: { caching: true }\n`,
      );
      await serving.sees(`${rig.name}-d`, 'refused', ({ reason }) => reason === 'RouteRefused');
      await serving.rested();
      assert.deepEqual(double.faults.pending(), []);

      const [deploy] = serving.pass.controller.overview().units.flatMap(({ deployId }) => deployId ?? []);
      for (const path of addresses(`${rig.name}-d`, deploy ?? 1)) {
        const answer = await fetch(`${serving.url}${path}`);
        texts.push([`${path} (${answer.status})`, await bodyOf(answer)]);
      }
      const post = await fetch(`${serving.url}/api/proxies`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          name: 'e',
          domains: [domain('a')],
          forward: behind.url,
          tls: { certificate: '${secret:dns}' },
        }),
      });
      texts.push(['POST /api/proxies', await post.text()]);
      const commands = [
        ['status', '-o', 'json'],
        ['why', `${rig.name}-d`],
        ['history', `${rig.name}-d`, '-o', 'json'],
        ['proxies', '-o', 'json'],
        ['doctor'],
        ['plan'],
      ];
      for (const args of commands) {
        await using ran = await startTinyforge(rig.config, { args });
        await ran.ended;
        assert.ok(ran.output().length > 0, args.join(' '));
        texts.push([`tinyforge ${args.join(' ')}`, ran.output()]);
      }
    }
    texts.push(['the log', rig.log.join('')]);
    const live = await streams;
    for (const told of [texts, live])
      assert.match(
        told.map(([, text]) => text).join(''),
        /a private key|Cannot take/,
        'what it repeats was told',
      );
    texts.push(...live);

    const found: string[] = [];
    for (const [what, secret] of Object.entries(secrets)) {
      for (const [place, content] of texts)
        if (holdsSecret(Buffer.from(content), secret))
          found.push(`${what} in ${place}: ${near(content, secret)}`);
      for (const file of await filesWithSecret(rig.config.data, secret)) found.push(`${what} in ${file}`);
      for (const file of await filesWithSecret(rig.directory, secret)) found.push(`${what} in ${file}`);
    }
    assert.deepEqual(found, []);
    // The search finds what there is to find.
    const known = await filesWithSecret(rig.config.secrets.files ?? '', 'dns_token_5b2c');
    assert.deepEqual(known, [join(rig.config.secrets.files ?? '', 'dns')]);
    const read = await readFile(join(rig.config.secrets.files ?? '', 'key'));
    assert.ok(Object.entries(secrets).some(([, line]) => holdsSecret(read, line)));
  });
});

/** Every address that is read without a body, from the table of them. */
function addresses(unit: string, deploy: number): string[] {
  return Object.keys(ACCESS)
    .filter((route) => route.startsWith('GET /') && route !== STREAM)
    .flatMap((route) => {
      const path = route.slice('GET '.length).replace(':name', unit).replace(':id', String(deploy));
      if (!path.includes(':second')) return [path.replace(/\/:(stage|tab).*$/, '').replace(/:\w+/g, unit)];
      return ['deploys', 'plan', 'events'].map((tab) => path.replace(':second', tab));
    });
}

/** What open tabs of all pages hear, from now until the server ends. */
function streamsOf(url: string, unit: string): Promise<[place: string, content: string][]> {
  const pages = addresses(unit, 1).filter((path) => !path.startsWith('/api'));
  return Promise.all(
    [...new Set(pages)].map(async (page): Promise<[string, string]> => {
      const path = `${STREAM.slice('GET '.length)}?${new URLSearchParams({ page })}`;
      const answer = await fetch(`${url}${path}`);
      assert.equal(answer.status, 200, path);
      return [path, await toItsEnd(answer)];
    }),
  );
}

async function toItsEnd({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const bytes of body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    // Cut, as the server ended: what came before counts.
  }
  return text;
}

async function bodyOf(answer: Response): Promise<string> {
  if (!(answer.headers.get('content-type') ?? '').startsWith('text/event-stream')) return answer.text();
  await answer.body?.cancel();
  return '';
}

function near(content: string, secret: string): string {
  const at = content.indexOf(secret);
  return at < 0 ? '(escaped)' : content.slice(Math.max(0, at - 120), at + 40);
}

async function upload({ double }: RoutedController, id: number, form: FormData): Promise<void> {
  const login = await fetch(`${double.url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identity: double.email, secret: double.password }),
  });
  const { token } = (await login.json()) as { token: string };
  const answer = await fetch(`${double.url}/api/nginx/certificates/${id}/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function startBehind(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) => response.end('behind')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
