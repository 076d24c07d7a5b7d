// Rings of units that wait for each other.
import type { Desired } from '../model/desired.ts';
import type { UnitId } from '../model/unit.ts';

/** Each ring once, beginning with its first unit by name. Units that are not there end a path. */
export function cycles(units: readonly Desired[]): UnitId[][] {
  const dependsOn = new Map(units.map((unit) => [unit.unit, unit.dependsOn]));
  const found: UnitId[][] = [];
  const done = new Set<UnitId>();
  // Most units wait for nobody, and are in no ring.
  const waiting = units.filter((unit) => unit.dependsOn.length > 0).map(({ unit }) => unit);
  for (const start of waiting.sort()) {
    // By hand and not by recursion: a chain of ten thousand is somebody's generated file.
    const path: { unit: UnitId; next: number }[] = [{ unit: start, next: 0 }];
    const open = new Map<UnitId, number>([[start, 0]]);
    while (path.length > 0 && !done.has(start)) {
      const top = path[path.length - 1];
      if (top === undefined) break;
      const wanted = dependsOn.get(top.unit)?.[top.next++];
      if (wanted === undefined) {
        done.add(top.unit);
        open.delete(top.unit);
        path.pop();
        continue;
      }
      const at = open.get(wanted);
      if (at !== undefined) found.push(turned(path.slice(at).map(({ unit }) => unit)));
      else if (!done.has(wanted) && dependsOn.has(wanted)) {
        open.set(wanted, path.length);
        path.push({ unit: wanted, next: 0 });
      }
    }
  }
  return [...new Map(found.map((ring) => [ring.join('\0'), ring])).values()];
}

/** The same ring however it was entered. */
function turned(ring: UnitId[]): UnitId[] {
  const first = ring.indexOf([...ring].sort()[0] ?? '');
  return [...ring.slice(first), ...ring.slice(0, first)];
}
