// A credential is seen by the one child that needs it and by nobody else: not in argv, config, files, problems or logs.
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { filesWithSecret, holdsSecret, processesWithSecret } from '../support/find-secret.ts';
import { never, startGitSource } from '../support/git-source-rig.ts';
import { createRepository } from '../support/real/git.ts';
import { serveGitOverHttp } from '../support/real/git-http.ts';
import { serveGitOverSsh } from '../support/real/git-ssh.ts';
import { makePlace } from '../support/real/place.ts';
import { until } from '../support/real/until.ts';

const token = 'canary-"tok%en"-5d1c9a7e40';
const basic = Buffer.from(`bot:${token}`).toString('base64');

test('a token is in the environment of the children of its call alone, while they run and after', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  const credentials = { username: 'bot', password: token };
  await using host = await serveGitOverHttp({ folder: place.path, credentials });
  const rig = startGitSource(place, {
    url: host.urlOf('home'),
    credential: 'git',
    secrets: { git: `bot:${token}` },
  });
  assert.equal((await rig.source.read(never)).problem, null);

  host.setMood('hang');
  const stop = new AbortController();
  const asked = host.requests.length;
  const refresh = rig.source.refresh(stop.signal);
  await until({ what: 'the request', look: () => host.requests.length > asked });
  const seen = [await processesWithSecret(basic), await processesWithSecret(token)];
  assert.deepEqual(seen[0]?.commandLines.concat(seen[1]?.commandLines ?? []), []);
  assert.ok((seen[0]?.environments.length ?? 0) > 0, 'the search finds it where it has to be');
  for (const name of seen[0]?.environments ?? []) assert.match(name, /git|remote-http/);
  stop.abort(new Error('enough'));
  await assert.rejects(refresh, /enough/);

  host.setMood('unauthorised');
  await rig.source.refresh(never);
  const { problem } = await rig.source.read(never);
  assert.equal(problem?.reason, 'GitDenied');
  const told = Buffer.from(JSON.stringify([problem, rig.log.records]));
  assert.equal(holdsSecret(told, token) || holdsSecret(told, basic), false);
  for (const secret of [token, basic]) assert.deepEqual(await filesWithSecret(rig.dataDirectory, secret), []);
  const planted = `${rig.dataDirectory}/sources/home/mirror.git/planted`;
  await writeFile(planted, `url = http://bot:${encodeURIComponent(token)}@host/`);
  assert.deepEqual(await filesWithSecret(rig.dataDirectory, token), [planted], 'a planted leak is found');
});

test('a key is a file of our own in memory, as long as the call lasts', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverSsh({ folder: place.path });
  const key = await readFile(host.keyFile, 'utf8');
  const { source, dataDirectory } = startGitSource(place, {
    url: host.urlOf('home'),
    credential: 'deploy-key',
    knownHosts: host.knownHostsFile,
    secrets: { 'deploy-key': key },
  });
  assert.equal((await source.read(never)).problem, null);
  const line = key.split('\n')[2] ?? '';
  assert.ok(line.length > 20);
  assert.deepEqual(await filesWithSecret(dataDirectory, line), []);
  assert.deepEqual(await scratchFolders(), []);

  // A host that takes the connection and says nothing: the call lasts.
  const silent = createServer().listen(0, '127.0.0.1');
  await until({ what: 'the port', look: () => silent.listening });
  const { port } = silent.address() as { port: number };
  const waiting = startGitSource(place, {
    name: 'waiting',
    url: `ssh://git@127.0.0.1:${port}/home.git`,
    credential: 'deploy-key',
    secrets: { 'deploy-key': key },
  });
  const stop = new AbortController();
  const connected = new Promise((resolve) => silent.once('connection', resolve));
  const reading = waiting.source.read(stop.signal);
  await connected;
  const [folder] = await scratchFolders();
  assert.ok(folder !== undefined);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(`${folder}/key`)).mode & 0o777, 0o600);
  assert.deepEqual((await processesWithSecret(line)).commandLines, []);
  assert.deepEqual((await processesWithSecret(line)).environments, []);
  stop.abort(new Error('enough'));
  await assert.rejects(reading, /enough/);
  await until({ what: 'the key to go', look: async () => (await scratchFolders()).length === 0 });
  silent.close();
});

/** Folders of this process: other tests run beside this one. */
async function scratchFolders(): Promise<string[]> {
  const names = await readdir('/dev/shm');
  return names
    .filter((name) => name.startsWith(`tinyforge-git-${process.pid}.`))
    .map((name) => `/dev/shm/${name}`);
}
