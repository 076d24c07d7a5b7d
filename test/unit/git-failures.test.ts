// What git and ssh say, word by word as they were seen, and the fault that each becomes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from '../../src/adapters/git/address.ts';
import { gitFault } from '../../src/adapters/git/failures.ts';
import { sourceProblem } from '../../src/adapters/git/problem.ts';
import { refMissing } from '../../src/adapters/git/sentences.ts';

const context = {
  address: readAddress('https://git.example.com/me/infra.git'),
  ref: 'main',
  credential: 'git' as string | null,
  redact: (text: string) => text.replaceAll('hunter2', '(secret git)'),
};

function failure(stderr: string, change: { exitCode?: number; timedOut?: boolean } = {}): Error {
  const facts = { exitCode: 128, timedOut: false, stderr, ...change };
  return Object.assign(new Error('git ended'), { name: 'GitFailure' }, facts);
}

const sshEnd =
  'fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n';

const cases: [stderr: string, reason: string][] = [
  ["fatal: unable to access 'https://x/': Could not resolve host: git.example.com", 'GitAway'],
  [`ssh: Could not resolve hostname nas: Name or service not known\n${sshEnd}`, 'GitAway'],
  [
    "fatal: unable to access 'https://x/': Failed to connect to x port 443 after 2 ms: Couldn't connect to server",
    'GitAway',
  ],
  [`ssh: connect to host 127.0.0.1 port 9: Connection refused\n${sshEnd}`, 'GitAway'],
  [`ssh: connect to host nas port 22: Connection timed out\n${sshEnd}`, 'GitAway'],
  [`kex_exchange_identification: Connection closed by remote host\n${sshEnd}`, 'GitAway'],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 503", 'GitAway'],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 429", 'GitAway'],
  ["fatal: unable to access 'https://x/': Operation too slow. Less than 1 bytes/sec", 'GitAway'],
  ["fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", 'GitAway'],
  ['fatal: early EOF\nfatal: fetch-pack: invalid index-pack output', 'GitAway'],
  ["fatal: could not read Username for 'https://x': terminal prompts disabled", 'GitDenied'],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'GitDenied'],
  [`git@host: Permission denied (publickey).\n${sshEnd}`, 'GitDenied'],
  [`Load key "/dev/shm/key": error in libcrypto\n${sshEnd}`, 'GitDenied'],
  [`Host key verification failed.\n${sshEnd}`, 'GitHostUnknown'],
  [
    `No ED25519 host key is known for x and you have requested strict checking.\nHost key verification failed.\n${sshEnd}`,
    'GitHostUnknown',
  ],
  [
    '@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
    'GitHostChanged',
  ],
  ["remote: Repository not found.\nfatal: repository 'https://x/' not found", 'GitRepositoryMissing'],
  [`ERROR: Repository not found.\n${sshEnd}`, 'GitRepositoryMissing'],
  [`fatal: '/srv/x.git' does not appear to be a git repository\n${sshEnd}`, 'GitRepositoryMissing'],
  ['error: object 12: hasDotgit: contains .git\nfatal: fsck error in packed object', 'GitObjectsRefused'],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 301", 'GitMoved'],
  ['fatal: write error: No space left on device', 'DataDirectoryFailed'],
  ['fatal: unable to update url base from redirection:\n  asked for: https://x', 'GitMoved'],
  ["fatal: detected dubious ownership in repository at '/srv/x.git'", 'GitFailed'],
  ['something that nobody has seen before', 'GitFailed'],
];

test('each cause has its reason', () => {
  for (const [stderr, reason] of cases)
    assert.equal(gitFault(failure(stderr), context).reason, reason, stderr);
  assert.equal(gitFault(failure('', { timedOut: true }), context).reason, 'GitAway');
  assert.equal(gitFault(failure('spawn git ENOENT', { exitCode: -2 }), context).reason, 'GitMissing');
});

test('sentences are short, end in a period, come with a hint, and hold no secret', () => {
  for (const [stderr] of [...cases, [`remote: hunter2 ${'x'.repeat(500)}`] as const]) {
    for (const credential of ['git', null]) {
      const fault = gitFault(failure(stderr), { ...context, credential });
      assert.match(fault.message, /^.{20,160}$/, fault.message);
      assert.match(fault.message, /\.$/);
      assert.ok((fault.hint ?? '').length > 10);
      assert.equal(fault.message.includes('hunter2'), false);
    }
  }
});

test('a mistake of our own and a full disk are not blamed on the host', () => {
  const mistake = gitFault(new TypeError(`x is not a function: hunter2 ${'y'.repeat(200)}`), context);
  assert.equal(mistake.reason, 'GitFailed');
  assert.ok(mistake.message.length <= 160 && !mistake.message.includes('hunter2'));
  const full = gitFault(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }), context);
  assert.equal(full.message, 'The data directory cannot be used (no space left).');
});

test('what a host sends cannot steer a terminal', () => {
  const fault = gitFault(failure('remote: \u001b[2Jgone\u202efdp.exe'), context);
  assert.equal(fault.message.includes('\u001b') || fault.message.includes('\u202e'), false);
});

test('a ref that looks like a cut commit id gets another hint', () => {
  assert.match(refMissing({ ...context, ref: 'a1b2c3d' }).hint ?? '', /40 digits/);
  assert.match(refMissing(context).hint ?? '', /push that branch/);
});

test('a problem tells its age in rough steps, so that it does not change each minute', () => {
  const fault = gitFault(failure('fatal: Connection refused'), context);
  const messageAt = (ageMs: number) =>
    sourceProblem({
      source: 'home',
      trouble: { fault, sinceMs: 0 },
      nowMs: ageMs,
      revision: 'a1b2c3d4e5',
      retryMs: 60_000,
    });
  const minute = 60_000;
  assert.equal(messageAt(59_000).message, 'git.example.com does not answer (connection refused).');
  assert.equal(messageAt(59_000).next, 'Tried again in 60 s.');
  assert.equal(messageAt(59_000).effect, 'Everything runs as of a1b2c3d and is still healed.');
  const ages = [12, 29, 45, 60, 200, 1000, 1440, 5000].map((age) => messageAt(age * minute).message);
  assert.deepEqual(
    ages.map((message) => /for more than (.*) now\.$/.exec(message)?.[1]),
    ['10 min', '20 min', '30 min', '1 h', '3 h', '12 h', '1 d', '3 d'],
  );
});
