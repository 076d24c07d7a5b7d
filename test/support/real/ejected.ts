// `eject` and `adopt` as a person types them, on the configuration of a test's controller.
import assert from 'node:assert/strict';
import { startTinyforge } from './tinyforge.ts';

type Config = Parameters<typeof startTinyforge>[0];

/** What it said, in its last sentence. */
export async function ejectByHand(config: Config, unit: string): Promise<string> {
  return byHand(config, ['eject', unit, '-q']);
}

export async function adoptByHand(config: Config, unit: string): Promise<string> {
  return byHand(config, ['adopt', unit, '-q']);
}

async function byHand(config: Config, args: readonly string[]): Promise<string> {
  await using running = await startTinyforge(config, { args });
  const { code } = await running.ended;
  assert.equal(code, 0, running.output());
  return running.output().trim().split('\n').at(-1) ?? '';
}
