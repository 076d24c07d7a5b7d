// The order in which services of a stack start: what is needed comes before who needs it.
import type { StackService } from '../../model/resolved.ts';

/** By name where nothing else decides. A ring, which Compose would refuse, is cut anywhere. */
export function inOrder(services: Readonly<Record<string, StackService>>): [string, StackService][] {
  const ordered = new Map<string, StackService>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    const service = services[name];
    if (service === undefined || ordered.has(name) || open.has(name)) return;
    open.add(name);
    for (const needed of [...service.dependsOn].sort()) visit(needed);
    ordered.set(name, service);
  };
  for (const name of Object.keys(services).sort()) visit(name);
  return [...ordered];
}
