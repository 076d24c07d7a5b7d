// Changes the wish where it is written: finds the manifest, checks the change as a file would be, commits it, looks again.
import { catalog, createCatalogCache } from '../../core/catalog.ts';
import {
  addManifest,
  changeManifest,
  type EditResult,
  holdsNothing,
  removeManifest,
} from '../../core/edit/edit-manifests.ts';
import { isDnsLabel, workloadId } from '../../core/naming.ts';
import { discoveringSources, readSettingsOf } from '../../core/read-settings.ts';
import { unifiedDiff } from '../../core/unified-diff.ts';
import type { Config } from '../../model/config.ts';
import type { Problem } from '../../model/problem.ts';
import type { SourceSnapshot } from '../../model/source.ts';
import type { WorkloadKind } from '../../model/unit.ts';
import type { Controller } from '../../ports/controller.ts';
import type { DesiredEdit, DesiredEdited, DesiredEdits } from '../../ports/desired-edits.ts';
import type { Prober } from '../../ports/prober.ts';
import type { FileChange, WriteBack } from '../../ports/write-back.ts';
import type { EngineDeps } from '../deps.ts';
import type { Wish } from '../read-sources.ts';
import { forwardObstacle } from './forward-obstacle.ts';

export interface DesiredEditsDeps extends Pick<EngineDeps, 'readers'> {
  config: Config;
  /** What the newest pass read; null before the first. */
  wish: () => Wish | null;
  writeBacks: ReadonlyMap<string, WriteBack>;
  prober: Pick<Prober, 'tcp'>;
  trigger: Controller['trigger'];
}

export function createDesiredEdits(deps: DesiredEditsDeps): DesiredEdits {
  async function edit(request: DesiredEdit): Promise<DesiredEdited> {
    const wish = deps.wish();
    if (wish === null) return refused('unwritten', NOT_READ);
    const found = placeOf(request, wish, deps);
    if ('refusal' in found) return refused(found.what, found.refusal);
    const { snapshot, file } = found;
    const change = changeOf(request, file);
    const before = snapshot.files.find(({ path }) => path === file)?.text ?? null;
    const result = change.apply(before);
    if (!result.ok) return refused('wrong', result.refusal);

    const { problems, units } = wishWith(wish, { ...found, text: result.text }, deps);
    const told = problems.filter(
      (problem) => problem.severity === 'error' && !isKnown(problem, wish.problems),
    );
    const patch = unifiedDiff(file, { before, after: result.text });
    const [first] = told;
    if (first !== undefined)
      return { type: 'refused', what: 'wrong', refusal: first, problems: told, patch: null };
    const unit = units.find((one) => one.workloadId === idOf(request));
    if (request.action !== 'remove' && unit === undefined) return refused('wrong', notMade(request));
    if (unit !== undefined) {
      const obstacle = await forwardObstacle(unit, { ...deps, force: request.force });
      if (obstacle !== null) return refused('wrong', obstacle);
    }

    const writeBack = deps.writeBacks.get(snapshot.source);
    if (writeBack === undefined) return refused('unwritten', NOT_READ);
    const { author, signal } = request;
    const written = await writeBack.write({ change, message: messageOf(request), author, signal });
    if (written.type === 'refused') {
      return {
        type: 'refused',
        what: 'unwritten',
        refusal: written.refusal,
        problems: [],
        patch: written.patch ?? patch,
      };
    }
    if (written.type === 'written' && written.takesEffect) {
      const why = `${request.kind} ${request.name} was ${PAST[request.action]}`;
      deps.trigger({ why, sources: [snapshot.source], refresh: true });
    }
    return { type: 'done', source: snapshot.source, file, written };
  }
  return { edit };
}

interface Found {
  snapshot: SourceSnapshot;
  file: string;
}
type NotFound = { what: 'wrong' | 'unknown' | 'taken' | 'unwritten'; refusal: Refusal };
interface Refusal {
  reason: string;
  message: string;
  hint: string | null;
}

/** Where the manifest is, or where a new one goes. */
function placeOf(request: DesiredEdit, wish: Wish, { config }: DesiredEditsDeps): Found | NotFound {
  const { action, kind, name, source } = request;
  if (!isDnsLabel(name)) return { what: 'wrong', refusal: BAD_NAME };
  const known = wish.units.find((unit) => unit.workloadId === idOf(request));
  if (known !== undefined && action === 'add') {
    const message = `There is a ${kind} named ${name} already (${known.place.file}).`;
    return {
      what: 'taken',
      refusal: { reason: 'NameTaken', message, hint: `Change it with PUT, or choose another name.` },
    };
  }
  if (known === undefined && action !== 'add') {
    const message = `No manifest declares a ${kind} named ${name}.`;
    return { what: 'unknown', refusal: { reason: 'ManifestUnknown', message, hint: 'Add it with POST.' } };
  }
  const writable = config.sources.find(({ writeBack }) => writeBack !== 'off') ?? config.sources[0];
  const chosen = known?.source ?? source ?? writable?.name;
  if (chosen === undefined || !config.sources.some((one) => one.name === chosen)) {
    const names = config.sources.map((one) => one.name).join(', ');
    const message =
      chosen === undefined
        ? 'No source of manifests is configured.'
        : `No source is called ${chosen.slice(0, 60)}.`;
    return {
      what: 'wrong',
      refusal: { reason: 'SourceUnknown', message, hint: names === '' ? null : `There are: ${names}.` },
    };
  }
  const snapshot = wish.snapshots.find((one) => one.source === chosen);
  if (snapshot === undefined) {
    const problem = wish.problems.find((one) => one.source === chosen && one.file === null);
    const message = `${chosen} was never read, so nothing can be changed in it${problem === undefined ? '' : `: ${problem.message}`}`;
    return { what: 'unwritten', refusal: { reason: 'SourceAway', message, hint: problem?.hint ?? null } };
  }
  return { snapshot, file: known?.place.file ?? `${kind === 'proxy' ? 'proxies' : kind}/${name}.yaml` };
}

function changeOf({ action, kind, name, manifest }: DesiredEdit, file: string): FileChange {
  const id = { kind, name };
  const value = { ...id, ...manifest, ...id };
  const missing: EditResult = {
    ok: false,
    refusal: {
      reason: 'ManifestMissing',
      message: `${file} is not there any more.`,
      hint: 'Look again; it may have moved.',
    },
  };
  return {
    file,
    apply(text) {
      if (action === 'add') return addManifest(text, value);
      if (text === null) return missing;
      if (action === 'put') return changeManifest(text, id, value);
      const rest = removeManifest(text, id);
      return rest.ok && holdsNothing(rest.text) ? { ok: true, text: null } : rest;
    },
  };
}

/** The whole wish as it would be: what one manifest claims, others may have. */
function wishWith(
  wish: Wish,
  { snapshot, file, text }: Found & { text: string | null },
  deps: DesiredEditsDeps,
) {
  const others = snapshot.files.filter(({ path }) => path !== file);
  const files = text === null ? others : [...others, { path: file, stamp: 'edited', text, refused: null }];
  const { config, readers } = deps;
  return catalog({
    snapshots: wish.snapshots.map((one) => (one === snapshot ? { ...snapshot, files } : one)),
    variables: Object.fromEntries(config.sources.map((source) => [source.name, source.variables])),
    discover: discoveringSources(config),
    readers,
    settings: readSettingsOf(config),
    incumbents: wish.incumbents,
    cache: createCatalogCache(),
  });
}

/** Lines move when something is written above them. */
function isKnown(problem: Problem, before: readonly Problem[]): boolean {
  return before.some(
    ({ reason, message, source, file, workload }) =>
      reason === problem.reason &&
      message === problem.message &&
      source === problem.source &&
      file === problem.file &&
      workload === problem.workload,
  );
}

function idOf({ kind, name }: DesiredEdit): string {
  return workloadId({ kind: kind as WorkloadKind, name });
}

const PAST = { add: 'added', put: 'changed', remove: 'removed' };

function messageOf({ action, kind, name }: DesiredEdit): string {
  return `${{ add: 'Add', put: 'Change', remove: 'Remove' }[action]} ${kind} ${name}`;
}

function refused(what: NotFound['what'], { reason, message, hint }: Refusal): DesiredEdited {
  return { type: 'refused', what, refusal: { reason, message, hint }, problems: [], patch: null };
}

function notMade({ kind, name }: DesiredEdit): Refusal {
  return {
    reason: 'ManifestRefused',
    message: `This makes no ${kind} named ${name}.`,
    hint: 'Compare it with `tinyforge schema`.',
  };
}

const NOT_READ = {
  reason: 'NotRead',
  message: 'The manifests have not been read yet since the start.',
  hint: 'Ask again in a moment.',
};
const BAD_NAME = {
  reason: 'BadFormat',
  message: 'A name is made of lower-case letters, digits and hyphens, 63 at most.',
  hint: 'For example `nas`.',
};
