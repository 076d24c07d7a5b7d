// Which versions are kept to roll back to, and which images nobody needs any more. Only what a revision names is ours.
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { BuiltImage, RevisionImage, RevisionSummary } from '../model/revision.ts';

export interface KeptFacts {
  /** Of all units, spent ones too. */
  revisions: readonly RevisionSummary[];
  /** Spec hash that stands now, by unit: last applied, or held by hand. A unit without one is gone. */
  standing: ReadonlyMap<string, string>;
  /** What is ejected keeps all that it has, until it is taken back. */
  isEjected(unit: string): boolean;
  /** Containers of the engines that answer, by host. */
  containers: ReadonlyMap<string, readonly ObservedContainer[]>;
  /** Ids of images whose removal was tried. */
  tried: ReadonlySet<string>;
  /** Versions of each unit, and bytes for images that only they need. */
  keep: { revisions: number; diskBytes: number };
  /** Of all units, the newest of each service last. */
  built: readonly BuiltImage[];
  /** Nothing is wished of it any more, or all that is wished stands: no image of it waits for its first container. */
  isAtRest: (unit: string) => boolean;
  /** Some manifest asks for it. */
  isWished: (unit: string) => boolean;
}

export interface KeptVerdict {
  /** Not to be rolled back to any more. */
  spend: RevisionSummary[];
  /** Spent, and nothing of them is left. */
  drop: RevisionSummary[];
  /** Images to remove, by host. */
  remove: Map<string, RevisionImage[]>;
  /** Built images that nobody has to remember any more. */
  forget: BuiltImage[];
}

const UP: ReadonlySet<string> = new Set(['running', 'restarting', 'paused']);

export function judgeKept(facts: KeptFacts): KeptVerdict {
  const revisions = facts.revisions.filter(({ unit }) => !facts.isEjected(unit));
  const byUnit = Map.groupBy(revisions, (entry) => entry.unit);
  const tooMany = [...byUnit].flatMap(([unit, entries]) => {
    const live = entries.filter((entry) => !entry.spent).sort((a, b) => b.number - a.number);
    return facts.standing.has(unit) ? live.slice(facts.keep.revisions) : live;
  });
  const left = revisions.filter((entry) => !entry.spent && !tooMany.includes(entry));
  const spend = [...tooMany, ...overBudget(left, facts)];
  const spent = revisions.filter((entry) => entry.spent || spend.includes(entry));
  const needed = new Set(
    facts.revisions
      .filter((entry) => !spent.includes(entry))
      .flatMap((entry) => entry.images.map((image) => `${entry.host} ${image.id}`)),
  );
  const verdict: KeptVerdict = { spend, drop: [], remove: new Map(), forget: [] };
  for (const entry of spent) {
    const containers = facts.containers.get(entry.host);
    // An engine that is away, or that is not named any more, may have them still.
    if (containers === undefined) continue;
    const ours = entry.images.filter(
      (image) => isOurs(image) && !facts.tried.has(nameOf(image)) && !needed.has(`${entry.host} ${image.id}`),
    );
    const users = (id: string) => containers.filter(({ imageId }) => imageId === id);
    const removable = ours.filter(({ id }) => users(id).length === 0);
    const waits = ours.some(({ id }) => users(id).some(({ ours: mark }) => mark?.unit === entry.unit));
    const list = verdict.remove.get(entry.host) ?? [];
    for (const image of removable) if (!list.some(({ id }) => id === image.id)) list.push(image);
    if (list.length > 0) verdict.remove.set(entry.host, list);
    if (removable.length === 0 && !waits) verdict.drop.push(entry);
  }
  verdict.spend = spend.filter((entry) => !verdict.drop.includes(entry));
  leftBuilt(verdict, facts);
  return verdict;
}

/**
 * What was built and never ran well is in no version. The newest of each service stays while somebody wishes for it: it
 * may be about to run, or be wished for again.
 */
function leftBuilt(verdict: KeptVerdict, facts: KeptFacts): void {
  const kept = new Set(
    facts.revisions.flatMap((entry) => entry.images.map(({ reference }) => `${entry.host} ${reference}`)),
  );
  for (const [index, one] of facts.built.entries()) {
    const { unit, host, service, image } = one;
    const containers = facts.containers.get(host);
    if (containers === undefined || !facts.isAtRest(unit) || facts.isEjected(unit)) continue;
    const isNewest = !facts.built.some(
      (other, at) => at > index && other.unit === unit && other.host === host && other.service === service,
    );
    if ((isNewest && facts.isWished(unit)) || kept.has(`${host} ${image}`)) continue;
    if (containers.some((container) => container.image === image)) continue;
    if (facts.tried.has(image)) verdict.forget.push(one);
    else {
      const list = verdict.remove.get(host) ?? [];
      if (!list.some((entry) => nameOf(entry) === image))
        list.push({ reference: image, id: '', pulled: false, built: true, sizeBytes: 0 });
      verdict.remove.set(host, list);
    }
  }
}

/** Nobody else brought it. */
function isOurs({ pulled, built }: RevisionImage): boolean {
  return pulled || built === true;
}

/** What it is removed by: one that was built may have a name of its owner's as well, which stays. */
function nameOf({ id, reference, built }: RevisionImage): string {
  return built ? reference : id;
}

/** The oldest lose first, but never what stands, nor the one before it: that is what a rollback goes to. */
function overBudget(live: readonly RevisionSummary[], facts: KeptFacts): RevisionSummary[] {
  const lost: RevisionSummary[] = [];
  for (const [host, entries] of Map.groupBy(live, (entry) => entry.host)) {
    const running = new Set(
      (facts.containers.get(host) ?? []).filter(({ state }) => UP.has(state)).map(({ imageId }) => imageId),
    );
    if (bytesOf(entries, running) <= facts.keep.diskBytes) continue;
    const candidates = entries.filter((entry) => !isProtected(entry, entries, facts)).sort(byAge);
    const kept = new Set(entries);
    while (bytesOf(kept, running) > facts.keep.diskBytes) {
      const oldest = candidates.shift();
      if (oldest === undefined) break;
      kept.delete(oldest);
      lost.push(oldest);
    }
  }
  return lost;
}

function isProtected(
  entry: RevisionSummary,
  all: readonly RevisionSummary[],
  { standing }: KeptFacts,
): boolean {
  const mine = all.filter(({ unit }) => unit === entry.unit).sort((a, b) => b.number - a.number);
  const current = Math.max(
    0,
    mine.findIndex(({ specHash }) => specHash === standing.get(entry.unit)),
  );
  return mine.indexOf(entry) <= current + 1;
}

function byAge(a: RevisionSummary, b: RevisionSummary): number {
  return a.atMs - b.atMs || (a.unit < b.unit ? -1 : 1);
}

/** Layers that images share are counted for each: the sum is the most that they can take. */
function bytesOf(entries: Iterable<RevisionSummary>, running: ReadonlySet<string>): number {
  const sizes = new Map<string, number>();
  for (const { images } of entries)
    for (const image of images)
      if (isOurs(image) && !running.has(image.id)) sizes.set(image.id, image.sizeBytes);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** A plan of its own, beside those of the units: what it removes belongs to none of them any more. */
export function planImages(host: string, images: readonly RevisionImage[]): UnitPlan {
  const unit = `images of ${host}`;
  const cause = 'of versions that are kept no longer';
  return {
    unit,
    kind: 'project',
    host,
    cause: { type: 'cleanup', text: cause },
    strategy: null,
    downtime: null,
    actions: images.map((image) => ({
      unit,
      host,
      phase: 'clean',
      cause,
      type: 'removeImage',
      image: nameOf(image),
      reference: image.reference,
    })),
    blocked: null,
    notices: [],
    runs: null,
    wants: null,
    generation: null,
    health: { status: 'none', ready: 0, total: 0, detail: null },
    onFailure: null,
  };
}
