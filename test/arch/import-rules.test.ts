// Breaks each import rule once, in a copy of the house's shape, and sees that rule fire and no other.
import assert from 'node:assert/strict';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { checkout } from '../../scripts/real-parts/paths.ts';
import { makePlace } from '../support/real/place.ts';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
  readonly options: ICruiseOptions;
};

/** File → what it imports; a name with `type:` before it is a type import, with `lazy:` one that is made when it is needed. */
type House = Readonly<Record<string, readonly string[]>>;

/** Rule → a small house that breaks it and nothing else. */
const breaches: Readonly<Record<string, House>> = {
  'model-imports-nothing': { 'src/model/plan.ts': ['../core/plan.ts'], 'src/core/plan.ts': [] },
  'core-imports-model': { 'src/core/plan.ts': ['type:../ports/clock.ts'], 'src/ports/clock.ts': [] },
  'kinds-import-core-and-model': {
    'src/kinds/site/index.ts': ['../stack/plan.ts'],
    'src/kinds/stack/plan.ts': [],
  },
  'kinds-registry-imports-kinds': {
    'src/kinds/registry.ts': ['../engine/queue.ts'],
    'src/engine/queue.ts': [],
  },
  'ports-import-model': { 'src/ports/store.ts': ['type:../core/plan.ts'], 'src/core/plan.ts': [] },
  'ports-are-types-only': { 'src/ports/store.ts': ['../model/plan.ts'], 'src/model/plan.ts': [] },
  'engine-imports-core-model-ports': {
    'src/engine/observe.ts': ['../adapters/docker/list.ts'],
    'src/adapters/docker/list.ts': [],
  },
  'adapters-and-proxies-stand-alone': {
    'src/adapters/docker/list.ts': ['../sqlite/rows.ts'],
    'src/adapters/sqlite/rows.ts': [],
  },
  'what-proxies-share-knows-no-proxy': {
    'src/proxies/exchange.ts': ['./caddy/mark.ts'],
    'src/proxies/caddy/mark.ts': [],
  },
  'receivers-and-senders-stand-alone': {
    'src/receivers/github.ts': ['./gitea.ts'],
    'src/receivers/gitea.ts': [],
  },
  'plug-registries-import-their-plugs': {
    'src/receivers/registry.ts': ['../http/app.ts'],
    'src/http/app.ts': [],
  },
  'http-and-cli-import-ports-core-model': {
    'src/cli/apply.ts': ['../engine/queue.ts'],
    'src/engine/queue.ts': [],
  },
  'nobody-imports-main-or-wire': { 'src/adapters/docker/list.ts': ['../../wire.ts'], 'src/wire.ts': [] },
  'short-commands-load-little': { 'src/wire.ts': ['./wire/open-pass.ts'], 'src/wire/open-pass.ts': [] },
  'every-file-is-in-a-room': { 'src/utils.ts': ['./core/plan.ts'], 'src/core/plan.ts': [] },
  'pure-rooms-do-no-io': { 'src/core/plan.ts': ['node:fs'] },
  'engine-reaches-out-through-ports': { 'src/engine/queue.ts': ['node:timers/promises'] },
  'adapters-alone-start-processes': { 'src/http/app.ts': ['node:child_process'] },
  'no-circles': { 'src/core/plan.ts': ['./match.ts'], 'src/core/match.ts': ['./plan.ts'] },
  'no-orphans': { 'src/core/plan.ts': [] },
  'no-tests-in-the-product': {
    'src/cli/apply.ts': ['../../test/support/clock.ts'],
    'test/support/clock.ts': [],
  },
  'no-development-packages-in-the-product': { 'src/cli/apply.ts': ['fast-check'] },
  'every-package-has-a-home': { 'src/cli/apply.ts': ['split2'] },
  'every-import-resolves': { 'src/cli/apply.ts': ['../core/not-there.ts'] },
};

/** The rules of packages, broken by a command that imports the package. */
const packageBreaches = config.forbidden
  .filter((rule) => rule.name.endsWith('-has-one-home'))
  .map((rule) => {
    const packageName = /^(\S+) is imported/.exec(rule.comment)?.[1] ?? '';
    return [rule.name, { 'src/cli/apply.ts': [packageName] }] as const;
  });

/** A house in which everybody imports what they may. */
const soundHouse: House = {
  'src/main.ts': ['./wire.ts', './cli/apply.ts'],
  'src/wire.ts': ['lazy:./wire/adapters.ts', './kinds/registry.ts', './receivers/registry.ts'],
  'src/wire/adapters.ts': ['../engine/pass.ts', '../adapters/docker/list.ts', '../http/app.ts'],
  'src/cli/apply.ts': ['type:../ports/runtime.ts'],
  'src/http/app.ts': ['hono', '../core/plan.ts', 'type:../ports/runtime.ts'],
  'src/engine/pass.ts': ['../core/plan.ts', 'type:../ports/runtime.ts', 'node:crypto'],
  'src/adapters/docker/list.ts': ['dockerode', './slim.ts', 'node:fs', 'node:child_process'],
  'src/adapters/docker/slim.ts': ['../../core/plan.ts'],
  'src/kinds/registry.ts': ['./site/index.ts'],
  'src/kinds/site/index.ts': ['./schema.ts', '../../core/plan.ts'],
  'src/kinds/site/schema.ts': ['typebox'],
  'src/receivers/registry.ts': ['./github.ts', './gitea/index.ts'],
  'src/receivers/github.ts': ['node:crypto', '../core/plan.ts'],
  'src/receivers/gitea/index.ts': ['./push.ts'],
  'src/receivers/gitea/push.ts': ['type:../../model/plan.ts'],
  'src/ports/runtime.ts': ['type:../model/plan.ts'],
  'src/core/plan.ts': ['../model/plan.ts', 'node:crypto'],
  'src/core/documents-lines.ts': ['yaml', './plan.ts'],
  'src/model/plan.ts': [],
};

describe('import rules', () => {
  it('leave a sound house alone', async () => {
    assert.deepEqual(await brokenRules(soundHouse), []);
  });

  for (const [rule, house] of [...Object.entries(breaches), ...packageBreaches]) {
    it(`${rule} fires`, async () => {
      assert.deepEqual(await brokenRules(house), [rule]);
    });
  }

  it('are all broken here, and each tells what to do', () => {
    const broken = [...Object.keys(breaches), ...packageBreaches.map(([name]) => name)];
    assert.deepEqual(config.forbidden.map((rule) => rule.name).toSorted(), broken.toSorted());
    for (const rule of config.forbidden) assert.match(rule.comment, /\.$/, rule.name);
  });
});

/** The names of the rules that a house breaks, each once. */
async function brokenRules(house: House): Promise<readonly string[]> {
  await using place = await makePlace('house');
  await mkdir(place.at('src'));
  await symlink(join(checkout, 'node_modules'), place.at('node_modules'));
  for (const file of ['package.json', 'tsconfig.json']) await copyFile(join(checkout, file), place.at(file));
  for (const [file, imports] of Object.entries(house)) {
    await mkdir(dirname(place.at(file)), { recursive: true });
    await writeFile(place.at(file), imports.map(importLine).join('') || 'export const nothing = 0;\n');
  }
  const { tsConfig: _, enhancedResolveOptions, ...options } = config.options;
  const { output } = await cruise(
    ['src'],
    {
      ...options,
      baseDir: place.path,
      validate: true,
      ruleSet: { forbidden: [...config.forbidden] } as never,
    },
    enhancedResolveOptions,
  );
  const { violations } = (output as ICruiseResult).summary;
  return [...new Set(violations.map((violation) => violation.rule.name))];
}

function importLine(wish: string, index: number): string {
  if (wish.startsWith('type:'))
    return `import type { Thing as Thing${index} } from '${wish.slice(5)}';\nexport type T${index} = Thing${index};\n`;
  if (wish.startsWith('lazy:')) return `export const later${index} = () => import('${wish.slice(5)}');\n`;
  return `import * as thing${index} from '${wish}';\nexport const used${index} = thing${index};\n`;
}
