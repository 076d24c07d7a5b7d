// Finds the variables that a Compose file uses without saying what happens when they are not set.
import type { ComposeNode } from './compose-node.ts';

export interface VariableUse {
  name: string;
  offset: number;
}

/** `$NAME` and `${NAME}`; not `${NAME:-default}`, `${NAME:?error}` and the like, and not `$$`. Each name once. */
export function variablesOf(documents: readonly ComposeNode[]): VariableUse[] {
  const uses = new Map<string, VariableUse>();
  const walk = (node: ComposeNode): void => {
    if (node.type === 'list') for (const item of node.items) walk(item);
    if (node.type === 'map') for (const entry of node.entries) walk(entry.value);
    if (node.type !== 'scalar' || !node.text.includes('$')) return;
    for (const [whole, braced, bare] of node.text.matchAll(EXPRESSION)) {
      const name = braced ?? bare;
      if (whole !== '$$' && name !== undefined && !uses.has(name))
        uses.set(name, { name, offset: node.offset });
    }
  };
  for (const document of documents) walk(document);
  return [...uses.values()];
}

const EXPRESSION = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)/g;
