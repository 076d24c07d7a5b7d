// A change of a manifest that was asked for as JSON, for the API and `-o json`: all keys always there.

interface Asked {
  action: 'add' | 'put' | 'remove';
  kind: string;
  name: string;
}

interface Done {
  source: string;
  file: string;
  written:
    | { type: 'written'; commit: string | null; branch: string | null; takesEffect: boolean; patch: string }
    | { type: 'unchanged' };
}

export function changeJson({ action, kind, name }: Asked, { source, file, written }: Done) {
  const done = written.type === 'written' ? written : null;
  return {
    kind_of_manifest: kind,
    name,
    change: done === null ? 'unchanged' : { add: 'added', put: 'changed', remove: 'removed' }[action],
    source,
    file,
    /** Null in a directory. */
    commit: done?.commit ?? null,
    branch: done?.branch ?? null,
    takes_effect: done?.takesEffect ?? true,
    patch: done?.patch ?? null,
  };
}
