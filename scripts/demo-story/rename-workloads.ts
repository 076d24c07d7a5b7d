// Gives the workloads of the examples names of the demo's own, so that they meet nothing that runs on the engine already.

/** `demo-shop` for `shop`: its containers and networks are named after it. */
export const namePrefix = 'demo-';

/**
 * The texts with each workload renamed where it is named: in `name:`, in `depends_on:`, and in front of volumes that are
 * called after it. Comments stay as they are.
 */
export function renameWorkloads(files: ReadonlyMap<string, string>): Map<string, string> {
  const manifests = [...files].filter(([, text]) => isManifest(text));
  const names = manifests.flatMap(([, text]) =>
    [...text.matchAll(/^name: (\S+)$/gm)].map(([, name = '']) => name),
  );
  const anyName = names.map((name) => name.replaceAll(/[^\w-]/g, '')).join('|');
  const renamed = manifests.map(([path, text]): [string, string] => [
    path,
    text
      .replaceAll(/^name: (?=\S)/gm, `name: ${namePrefix}`)
      .replaceAll(/^(\s*depends_on: \[)(.*)(\])$/gm, (_all, before: string, list: string, after: string) =>
        [before, list.replaceAll(new RegExp(`\\b(${anyName})\\b`, 'g'), `${namePrefix}$1`), after].join(''),
      )
      .replaceAll(new RegExp(`^(\\s*- )((?:${anyName})_\\S+:/)`, 'gm'), `$1${namePrefix}$2`),
  ]);
  return new Map([...files, ...renamed]);
}

function isManifest(text: string): boolean {
  return /^kind: \S+$/m.test(text);
}
