// The shape of an engine's answer: which fields it has, whatever their values.

/** Their keys are names that somebody chose: of labels, networks, ports, variables. */
const NAMED = new Set([
  ...['Labels', 'Networks', 'Ports', 'PortBindings', 'ExposedPorts', 'Volumes', 'Attributes', 'Options'],
  ...['Containers', 'Subnets', 'annotations'],
]);

/** `NetworkSettings.Networks.*.DNSNames[]`: every field, once; what is empty has no fields below it. */
export function shapeOf(answer: unknown): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown, path: string, isNamed: boolean): void => {
    if (path !== '' && !path.endsWith('[]')) found.add(path);
    if (Array.isArray(value)) for (const entry of value) walk(entry, `${path}[]`, false);
    else if (typeof value === 'object' && value !== null)
      for (const [key, below] of Object.entries(value))
        walk(below, `${path === '' ? '' : `${path}.`}${isNamed ? '*' : key}`, !isNamed && NAMED.has(key));
  };
  walk(answer, '', false);
  return found;
}
