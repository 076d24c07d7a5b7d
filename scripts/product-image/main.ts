// The command line that builds the product's image on an engine, without a registry.
import { parseArgs } from 'node:util';
import { makeProductImage } from './make.ts';

const { values } = parseArgs({
  options: { socket: { type: 'string' }, tag: { type: 'string', default: 'tinyforge:local' } },
});
if (values.socket === undefined) {
  process.stderr.write('Usage: node scripts/product-image/main.ts --socket PATH [--tag NAME:TAG]\n');
  process.exitCode = 2;
} else {
  process.stdout.write(await makeProductImage({ socketPath: values.socket, reference: values.tag }));
}
