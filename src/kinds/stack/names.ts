// The container names that bringing a service up will take.
import type { ServiceView } from './service-state.ts';

/** Compose numbers the containers of a service; where some are there already, theirs are the names. */
export function namesTaken({ name, service, containers }: ServiceView, project: string): string[] {
  if (service.containerName !== null) return [service.containerName];
  if (containers.length > 0) return [];
  return Array.from({ length: service.scale }, (_, index) => `${project}-${name}-${index + 1}`);
}
