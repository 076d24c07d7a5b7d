// Which images go: never one in use, a stranger's, or one that a rollback needs; the oldest versions lose first.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeKept, type KeptFacts } from '../../src/core/kept-images.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { RevisionSummary } from '../../src/model/revision.ts';
import { stranger } from '../support/worlds.ts';

const MB = 1_000_000;

function version(number: number, change: Partial<RevisionSummary> = {}): RevisionSummary {
  const images = [
    { reference: `example/shop@${number}`, id: `sha256:${number}`, pulled: true, sizeBytes: 100 * MB },
  ];
  return {
    unit: 'shop',
    number,
    host: 'local',
    specHash: `hash-${number}`,
    digest: '',
    release: `v${number}`,
    revision: null,
    atMs: number,
    keepable: true,
    images,
    ...change,
  };
}

function judge(facts: Partial<Omit<KeptFacts, 'containers'>> & { containers?: ObservedContainer[] } = {}) {
  const { containers = [], ...rest } = facts;
  const verdict = judgeKept({
    revisions: [1, 2, 3, 4].map((number) => version(number)),
    standing: new Map([['shop', 'hash-4']]),
    isEjected: () => false,
    tried: new Set(),
    keep: { revisions: 5, diskBytes: 1_000 * MB },
    containers: new Map([['local', containers]]),
    built: [],
    isAtRest: () => true,
    isWished: () => true,
    ...rest,
  });
  const names = (entries: readonly RevisionSummary[]) => entries.map(({ release }) => release);
  return {
    spend: names(verdict.spend),
    drop: names(verdict.drop),
    remove: (verdict.remove.get('local') ?? []).map(({ id }) => id),
  };
}

const uses = (imageId: string, state: ObservedContainer['state'] = 'running'): ObservedContainer => ({
  ...stranger(imageId),
  imageId,
  state,
});

describe('images of versions to go back to', () => {
  it('all stay within the budget', () => {
    assert.deepEqual(judge(), { spend: [], drop: [], remove: [] });
  });

  it('of what is ejected all stay, whatever the budget, and nobody else’s version takes one that it needs', () => {
    const keep = { revisions: 1, diskBytes: 1 };
    const other = version(9, { unit: 'other', spent: true, images: version(1).images });
    const revisions = [version(1), version(2, { spent: true }), version(3), other];
    const isEjected = (unit: string) => unit === 'shop';
    assert.deepEqual(judge({ revisions, keep, isEjected }), { spend: [], drop: ['v9'], remove: [] });
    assert.deepEqual(judge({ revisions, keep }).remove, ['sha256:1', 'sha256:2']);
  });

  it('go from the oldest on when there are too many versions', () => {
    const verdict = judge({ keep: { revisions: 3, diskBytes: 1_000 * MB } });
    assert.deepEqual(verdict, { spend: ['v1'], drop: [], remove: ['sha256:1'] });
  });

  it('go from the oldest on when they take too much disk; what runs does not count', () => {
    const keep = { revisions: 5, diskBytes: 250 * MB };
    assert.deepEqual(judge({ keep, containers: [uses('sha256:4')] }).remove, ['sha256:1']);
    assert.deepEqual(judge({ keep }).remove, ['sha256:1', 'sha256:2']);
  });

  it('never go where a rollback leads, however small the budget', () => {
    const keep = { revisions: 5, diskBytes: 0 };
    assert.deepEqual(judge({ keep }).remove, ['sha256:1', 'sha256:2']);
    // Held at the second: the first is where the next rollback leads.
    assert.deepEqual(judge({ keep, standing: new Map([['shop', 'hash-2']]) }).remove, []);
  });

  it('stay while anybody uses them, and are no matter of ours then', () => {
    const keep = { revisions: 3, diskBytes: 1_000 * MB };
    assert.deepEqual(judge({ keep, containers: [uses('sha256:1', 'exited')] }), {
      spend: [],
      drop: ['v1'],
      remove: [],
    });
  });

  it('stay while another workload needs them to go back', () => {
    const other = version(1, { unit: 'shop-staging', specHash: 'other' });
    const standing = new Map([
      ['shop', 'hash-4'],
      ['shop-staging', 'other'],
    ]);
    const revisions = [version(1, { spent: true }), version(4), other];
    assert.deepEqual(judge({ revisions, standing }), { spend: [], drop: ['v1'], remove: [] });
  });

  it('stay when they were built here: nobody could bring them back', () => {
    const built = version(1, { spent: true, images: [{ ...version(1).images[0], pulled: false } as never] });
    assert.deepEqual(judge({ revisions: [built, version(4)] }).remove, []);
  });

  it('are tried once', () => {
    const revisions = [version(1, { spent: true }), version(4)];
    assert.deepEqual(judge({ revisions }), { spend: [], drop: [], remove: ['sha256:1'] });
    const again = judge({ revisions, tried: new Set(['sha256:1']) });
    assert.deepEqual(again, { spend: [], drop: ['v1'], remove: [] });
  });

  it('of a workload that is gone go with it', () => {
    assert.deepEqual(judge({ standing: new Map() }).remove, ['sha256:1', 'sha256:2', 'sha256:3', 'sha256:4']);
  });

  it('of an engine that does not answer are left alone', () => {
    const revisions = [version(1, { spent: true, host: 'away' })];
    assert.deepEqual(judge({ revisions }), { spend: [], drop: [], remove: [] });
  });
});
