// `schema [KIND]`: the JSON Schema of the manifests, for editors and checks.
import { didYouMean } from '../../core/did-you-mean.ts';
import type { Command } from '../command.ts';
import { usage } from '../complaint.ts';
import { EXIT } from '../exit-code.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of manifests',
  usage: 'schema [KIND]',
  examples: [
    ['tinyforge schema stack', 'all keys of a stack'],
    ['tinyforge schema > manifest.schema.json', 'one document for an editor'],
    ['tinyforge schema -o name', 'the kinds there are'],
  ],
  flags: {},
  outputs: ['json', 'name'],
  names: { least: 0, most: 1 },
  completes: 'kinds',
  async run({ line, sessions, output, out }) {
    const kinds = sessions.kinds();
    if (output === 'name') {
      for (const kind of kinds) out.line(kind);
      return EXIT.done;
    }
    const [kind = null] = line.names;
    if (kind !== null && !kinds.includes(kind))
      throw usage(`${kind} is not a kind of manifest.${didYouMean(kind, kinds)}`, 'tinyforge schema -o name');
    out.write(`${JSON.stringify(sessions.schema(kind), null, 2)}\n`);
    return EXIT.done;
  },
};
