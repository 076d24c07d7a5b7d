// Between observe and plan: everything a kind needs from outside becomes a value.
import { unitNeeds } from '../core/plan-unit.ts';
import type { Answer, Need } from '../model/resolved.ts';
import type { UnitWorld } from '../model/world.ts';
import { type AnswerCaches, answer } from './answer.ts';
import type { EngineDeps } from './deps.ts';

/** A kind may ask again with what it learnt, but not for ever. */
const MAX_ROUNDS = 6;

/** Answers are shared within a pass: a question that two units ask is asked once. */
export type PassAnswers = Map<string, Promise<Answer>>;

export async function resolveUnit(
  deps: EngineDeps,
  caches: AnswerCaches,
  options: { world: UnitWorld; shared: PassAnswers },
): Promise<UnitWorld> {
  const answers = new Map<string, Answer>();
  const world: UnitWorld = { ...options.world, answers };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const open = unitNeeds(deps.planners, world).filter((need) => !answers.has(need.key));
    if (open.length === 0) return world;
    await Promise.all(
      open.map(async (need) =>
        answers.set(need.key, await once(deps, caches, { need, shared: options.shared })),
      ),
    );
  }
  throw new Error(`${world.desired.unit} asks for more each time it is answered`);
}

function once(
  deps: EngineDeps,
  caches: AnswerCaches,
  { need, shared }: { need: Need; shared: PassAnswers },
): Promise<Answer> {
  const known = shared.get(need.key);
  if (known !== undefined) return known;
  const asked = answer(deps, caches, need);
  shared.set(need.key, asked);
  return asked;
}
