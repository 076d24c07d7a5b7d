// `diff [NAME…]`: what changed since it was last applied, value by value.
import { type DiffLine, diffDesired, secretsIn } from '../../core/diff-desired.ts';
import { arrow } from '../../core/status-view.ts';
import { commas, count } from '../../core/words-names.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { Pass } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withPass } from '../open.ts';
import { patiently } from '../patience.ts';
import { findUnits, knownUnits } from '../unit-name.ts';

interface UnitDiff {
  unit: string;
  title: string;
  lines: DiffLine[];
  /** What differs without being in the manifest: a secret's value, a file's content, reality. */
  notes: string[];
}

export const diff: Command = {
  name: 'diff',
  summary: 'show what changed since it was last applied, value by value',
  usage: 'diff [NAME…]',
  examples: [
    ['tinyforge diff shop/prod', 'exit 0: the same, 2: it differs'],
    ['tinyforge diff', 'of all workloads'],
    ['tinyforge plan shop/prod', 'what would be done about it'],
  ],
  flags: {},
  outputs: ['table', 'json', 'name'],
  names: { least: 0, most: 1_000 },
  completes: 'workloads',
  run: (context) =>
    withPass(context, { write: false }, async (pass) => {
      const plan = await patiently(context, 'Reading sources and looking at engines', () =>
        pass.plan({ prune: true, units: [] }),
      );
      const known = [...new Set([...knownUnits(pass), ...plan.units.map((unit) => unit.unit)])].sort();
      const units = context.line.names.length === 0 ? known : findUnits(context.line.names, pass, known);
      const diffs = units
        .map((unit) => diffOf(pass, unit, plan.units.find((candidate) => candidate.unit === unit) ?? null))
        .filter((found) => found.lines.length + found.notes.length > 0);
      show(context, diffs, units.length);
      return diffs.length > 0 ? EXIT.changes : EXIT.done;
    }),
};

function diffOf(pass: Pass, unit: string, plan: UnitPlan | null): UnitDiff {
  const applied = pass.control.lastApplied(unit);
  const desired = pass.desired(unit);
  const lines = diffDesired(applied?.desired ?? null, desired);
  const place = desired?.place ?? applied?.desired.place;
  const versions = plan === null ? '' : arrow(plan.runs, plan.wants);
  const where = place === undefined ? '' : `${place.file}:${place.line}`;
  const notes = notesOf({ plan, changed: lines.length > 0, hash: applied?.specHash ?? null });
  if (desired === null && applied !== null) notes.unshift('no manifest declares it any more');
  if (desired !== null && notes.length > 0 && lines.length === 0 && plan?.cause?.type === 'change') {
    const secrets = secretsIn(desired);
    if (secrets.length > 0) notes.push(`it uses ${secrets.map((name) => `(secret ${name})`).join(', ')}`);
  }
  return { unit, title: [unit, versions, where].filter(Boolean).join('   '), lines, notes };
}

function notesOf({
  plan,
  changed,
  hash,
}: {
  plan: UnitPlan | null;
  changed: boolean;
  hash: string | null;
}): string[] {
  if (plan?.cause == null) return [];
  if (plan.cause.type === 'drift') return [`what runs differs: ${plan.cause.text}`];
  const wanted = plan.generation?.specHash ?? null;
  if (plan.cause.type === 'change' && !changed && wanted !== null && hash !== null && wanted !== hash)
    return [
      'the manifest is the same; the value of a secret, an image behind a tag, or a file it reads changed',
    ];
  return [];
}

function show(context: CommandContext, diffs: readonly UnitDiff[], all: number): void {
  const { out, output } = context;
  if (output === 'json') {
    const items = diffs.map(({ unit, lines, notes }) => ({
      unit,
      lines: lines.map(({ mark, path, value }) => ({ mark, path, value })),
      notes,
    }));
    writeJson(context, 'DiffList', { items });
    return;
  }
  if (output === 'name') {
    for (const { unit } of diffs) out.line(unit);
    return;
  }
  for (const { title, lines, notes } of diffs) {
    out.line(title);
    for (const { mark, path, value } of lines)
      out.line(`  ${out.colour(mark === '+' ? 'ok' : 'bad', mark)} ${path}: ${value}`);
    for (const note of notes) out.line(`  ${out.dim('·')} ${note}`);
    out.line('');
  }
  out.line(sentence(diffs, all));
}

function sentence(diffs: readonly UnitDiff[], all: number): string {
  if (diffs.length === 0)
    return `Nothing differs: ${count(all, 'workload')} ${all === 1 ? 'is' : 'are'} as last applied.`;
  const names = commas(
    diffs.map((found) => found.unit),
    6,
  );
  return `${diffs.length} of ${count(all, 'workload')} ${diffs.length === 1 ? 'differs' : 'differ'}: ${names}.`;
}
