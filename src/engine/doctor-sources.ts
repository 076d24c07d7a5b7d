// The check of `doctor` about sources: whether each can be read now, and how old what we have is.
import { duration } from '../core/time-words.ts';
import { shortRevision } from '../core/words-names.ts';
import type { Check } from '../ports/session.ts';
import type { Source } from '../ports/source.ts';
import { type DoctorCheck, fine, problem, problemOf, warning } from './doctor-deps.ts';

export const checkSources: DoctorCheck = async ({ sources, clock }, signal) => {
  if (sources.length === 0)
    return [
      problem(
        'sources',
        'none is configured, so there is nothing to keep',
        'Add `sources:` to tinyforge.yaml, or give --directory.',
      ),
    ];
  return Promise.all(sources.map((source) => checkSource(source, { nowMs: clock.nowMs(), signal })));
};

async function checkSource(
  source: Source,
  { nowMs, signal }: { nowMs: number; signal: AbortSignal },
): Promise<Check> {
  const subject = `source ${source.name}`;
  try {
    await source.refresh(signal);
    const { snapshot, problem: trouble, fetchedMs } = await source.read(signal);
    const at =
      snapshot?.revision == null ? source.address : `${source.ref ?? ''}@${shortRevision(snapshot.revision)}`;
    if (trouble !== null) {
      const kept = snapshot === null ? '' : `; ${at} is used meanwhile`;
      return problem(subject, `${trouble.message}${kept}`, trouble.hint);
    }
    if (snapshot === null) return problem(subject, `${source.address} has not been read yet`, null);
    const refused = snapshot.files.filter((file) => file.refused !== null).length;
    const age = fetchedMs === null ? '' : `, read ${duration(Math.max(0, nowMs - fetchedMs))} ago`;
    const text = `${at}, ${snapshot.files.length} files${age}`;
    if (refused === 0) return fine(subject, text);
    return warning(subject, `${text}, ${refused} of them not readable`, '`tinyforge validate` shows each.');
  } catch (error) {
    return problemOf(subject, error);
  }
}
