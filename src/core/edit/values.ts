// What a change makes of a plain value: what the edited text must say when it is read again.
import type { Change } from './changes.ts';

/** A copy; the value itself stays as it is. */
export function applied(value: unknown, change: Change): unknown {
  return at(value, change.path, change);
}

function at(value: unknown, path: Change['path'], change: Change): unknown {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (change.type === 'append') return [...(value as unknown[]), change.value];
    return change.type === 'put' ? change.value : undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => (index === step ? at(item, rest, change) : item));
    return change.type === 'take' && rest.length === 0 ? value.filter((_, index) => index !== step) : items;
  }
  const map = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (change.type === 'take' && rest.length === 0) {
    return Object.fromEntries(Object.entries(map).filter(([key]) => key !== step));
  }
  return { ...map, [step]: at(map[step], rest, change) };
}
