// The names that Compose gives to the containers of a service: its own numbers, counted on from the highest.

export interface Numbered {
  project: string;
  service: string;
  containerName: string | null;
}

/** `immich-web-2`. */
export function composeName({ project, service, containerName }: Numbered, number: number): string {
  return containerName ?? `${project}-${service}-${number}`;
}

/** The numbers that so many more containers get (seen on 2.26: gaps are not filled). */
export function numbersAfter(existing: readonly number[], more: number): number[] {
  const highest = Math.max(0, ...existing);
  return Array.from({ length: more }, (_, index) => highest + 1 + index);
}

/** Those that an `up` to this scale leaves: a container that is made anew keeps its number. */
export function numbersAtScale(existing: readonly number[], scale: number): number[] {
  const kept = [...new Set(existing)].sort((a, b) => a - b).slice(0, scale);
  return [...kept, ...numbersAfter(existing, scale - kept.length)];
}
