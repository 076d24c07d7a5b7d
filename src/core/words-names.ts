// How versions, digests, revisions and counts are written.

/** `sha256:77ab01c` from a full digest; anything else is given back as it is. */
export function shortDigest(digest: string): string {
  const parts = /^(sha\d+:)?([0-9a-f]{12,})$/.exec(digest);
  return parts === null ? digest : `${parts[1] ?? ''}${(parts[2] ?? '').slice(0, 7)}`;
}

/** Seven digits of a commit id; a tag or branch is given back as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revision) ? revision.slice(0, 7) : revision;
}

/** A version as people call it: a tag stays, a digest or commit is shortened. */
export function shortVersion(version: string): string {
  return shortRevision(shortDigest(version));
}

/** `1 workload`, `3 workloads`; the plural may be given where an s does not make it. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`, and from `most` on `a, b and 3 more`. */
export function listed(items: readonly string[], most = 3): string {
  const first = items.slice(0, most);
  const rest = items.length - first.length;
  if (rest > 0) return `${first.join(', ')} and ${rest} more`;
  const last = first.pop();
  if (last === undefined) return '';
  return first.length === 0 ? last : `${first.join(', ')} and ${last}`;
}

/** `a, b, c`, and from `most` on `a, b and 3 more`: for names in a row. */
export function commas(items: readonly string[], most = 4): string {
  const rest = items.length - most;
  return rest > 0 ? `${items.slice(0, most).join(', ')} and ${rest} more` : items.join(', ');
}

/** Cuts at the end with an ellipsis; for messages. */
export function cutEnd(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1)).trimEnd()}…`;
}

/** Cuts in the middle with an ellipsis; for paths and digests, where both ends tell something. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const keep = Math.max(0, most - 1);
  const head = Math.ceil(keep / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (keep - head))}`;
}
