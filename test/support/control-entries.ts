// Control entries, complete, so that a test says only what it is about.
import type { Desired } from '../../src/model/desired.ts';
import { isFault } from '../../src/model/errors.ts';
import type { Revision } from '../../src/model/revision.ts';
import type { QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { LastApplied } from '../../src/ports/control.ts';

export const hasReason = (reason: string) => (error: unknown) => isFault(error) && error.reason === reason;
export const suspension = (unit = 'shop/prod'): Suspension => ({
  unit,
  by: 'me',
  why: 'moving house',
  sinceMs: 5,
});
export const bad = (change: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  unit: 'shop/prod',
  specHash: 'hash-1',
  digest: 'sha256:77ab01c',
  release: '2.1.4',
  reason: 'Unhealthy',
  message: '503 from /healthz',
  evidence: ['last line'],
  atMs: 7,
  ...change,
});
export const applied = (change: Partial<LastApplied> = {}): LastApplied => ({
  unit: 'shop/prod',
  source: 'home',
  file: 'shop.yaml',
  revision: 'a1b2c3d',
  desired: {
    unit: 'shop/prod',
    kind: 'project',
    spec: { environment: { DB: '${secret:shop-db}' } },
  } as unknown as Desired,
  specHash: 'hash-1',
  digest: 'sha256:77ab01c',
  release: '2.1.4',
  ...change,
});
export const revision = (change: Partial<Revision> = {}): Revision => {
  const { unit, revision, desired, specHash, digest, release } = applied();
  const what = { unit, revision, desired, specHash, digest, release };
  return { ...what, number: 1, host: 'local', atMs: 7, keepable: true, images: [], image: null, ...change };
};
