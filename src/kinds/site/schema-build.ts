// How the files of a site are made, as a manifest says it.
import { bytes, duration, oneOf, relativePath, text, textOrTexts } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

export const build = Type.Object(
  {
    image: text({ description: 'What it runs in.', example: 'node:24' }),
    command: textOrTexts({
      description: 'What is run among the files: a line for `sh -c`, or a list of words.',
      example: 'npm ci && npm run build',
    }),
    output: relativePath({ description: 'The folder that it leaves behind.', example: 'dist' }),
    cache: Type.Optional(
      Type.Array(relativePath({ example: 'node_modules' }), {
        maxItems: 10,
        description: 'Folders that are kept for the next build, in volumes.',
        expects: 'a list of paths',
        example: ['node_modules'],
      }),
    ),
    memory: Type.Optional(bytes({ description: 'At most. Default 1g.', example: '2g' })),
    disk: Type.Optional(
      bytes({ description: 'What it may write, the `cache` among it. Default 10g.', example: '20g' }),
    ),
    timeout: Type.Optional(duration({ description: 'At most. Default 10m.', example: '20m' })),
    network: Type.Optional(
      oneOf(['bridge', 'none'], {
        description: 'Whether it reaches the internet. Never a network of a workload. Default `bridge`.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'A command that makes the files out of the content, once for each content.',
    expects: 'a map such as { image: "node:24", command: npm run build, output: dist }',
    example: '{ image: "node:24", command: npm run build, output: dist }',
  },
);
