// Which events of an engine we listen to, and how one is read.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import { LABEL } from '../../model/labels.ts';
import type { EngineEvent } from '../../ports/container-runtime.ts';

/** One line of `GET /events`; the older fields `status`, `id`, `from` are gone in API 1.52. */
export interface EventLine {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes?: Record<string, string> | null };
  timeNano?: number;
}

/** Named, or the exec events of health checks would wake us every few seconds. */
const FILTERS = {
  type: ['container', 'network', 'image', 'volume'],
  event: [
    'create,start,die,stop,oom,destroy,rename,pause,unpause,update,health_status',
    'connect,disconnect,remove,pull,tag,untag,delete',
  ].flatMap((names) => names.split(',')),
};

/**
 * `since` closes the moment between the answer's headers and the engine's own subscription; what it replays twice
 * does no harm.
 */
export function eventsPath(sinceMs: number): string {
  return `/events?since=${(sinceMs / 1000).toFixed(3)}&filters=${encodeURIComponent(JSON.stringify(FILTERS))}`;
}

/** Null for what is not one of ours to know, such as a plugin's. */
export function readEvent(line: EventLine, names: ControllerNames): EngineEvent | null {
  if (!FILTERS.type.includes(line.Type)) return null;
  const attributes = line.Actor.Attributes ?? {};
  const ours = attributes[LABEL.managed] === 'true' && isOwnName(attributes[LABEL.controller], names);
  return {
    type: line.Type as EngineEvent['type'],
    action: line.Action,
    id: line.Actor.ID,
    name: attributes.name ?? null,
    unit: ours ? (attributes[LABEL.unit] ?? null) : null,
    composeProject: attributes['com.docker.compose.project'] ?? null,
    exitCode: attributes.exitCode === undefined ? null : Number(attributes.exitCode),
  };
}
