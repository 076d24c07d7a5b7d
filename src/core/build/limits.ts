// What a build may use where nobody says otherwise.
import type { BuildLimits } from '../../model/desired.ts';

export const BUILD_LIMITS: BuildLimits = { memoryBytes: 2 * 1024 ** 3, timeoutMs: 30 * 60_000 };
