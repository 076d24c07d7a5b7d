// Reads how a container shows that it is well, in Compose's form or ours.
import { durationMs } from '../../core/compose-values.ts';
import { given } from '../../core/compose-values-named.ts';
import type { CheckTiming, HealthCheck } from '../../model/container-spec.ts';
import type { HealthPart, Level } from './read-part.ts';
import type { StageManifest } from './schema.ts';

type Written = NonNullable<StageManifest['healthcheck']>;

export const DEFAULT_TIMING: CheckTiming = {
  intervalMs: 2_000,
  timeoutMs: 2_000,
  retries: 5,
  startPeriodMs: 0,
};
const DEFAULT_SETTLE_MS = 3_000;

export function readHealth(written: Written, { path, report }: Level): HealthPart {
  const duration = (key: 'interval' | 'timeout' | 'start_period' | 'settle') =>
    written[key] === undefined ? undefined : report.take([...path, key], durationMs(written[key]));
  const ways = (['http', 'tcp', 'command', 'test', 'disable'] as const).filter(
    (key) => written[key] !== undefined && written[key] !== false,
  );
  const [first, second] = ways;
  if (first !== undefined && second !== undefined) {
    const message = `\`${first}\` and \`${second}\` are two ways to check; one is needed.`;
    report.add([...path, second], {
      reason: 'Conflict',
      message,
      hint: `keep \`${first}\` or \`${second}\``,
    });
  }
  const timing = given<Partial<CheckTiming>>({
    intervalMs: duration('interval'),
    timeoutMs: duration('timeout'),
    retries: written.retries,
    startPeriodMs: duration('start_period'),
  });
  return given<HealthPart>({ way: wayOf(written), port: written.port, timing, settleMs: duration('settle') });
}

function wayOf(written: Written): HealthPart['way'] {
  if (written.disable === true) return { type: 'none' };
  if (written.http !== undefined) return { type: 'http', path: written.http };
  if (typeof written.tcp === 'number') return { type: 'tcp', port: written.tcp };
  if (written.tcp === true) return { type: 'tcp', port: null };
  const test = written.test ?? written.command;
  if (test === undefined) return undefined;
  if (typeof test === 'string') return { type: 'command', test: ['CMD-SHELL', test] };
  if (test[0] === 'NONE') return { type: 'none' };
  return { type: 'command', test: test[0] === 'CMD' || test[0] === 'CMD-SHELL' ? test : ['CMD', ...test] };
}

/** The check with its defaults; a string where a port is needed and none is known. */
export function completeHealth(
  part: HealthPart | undefined,
  port: number | undefined,
): HealthCheck | 'NoPort' {
  const timing = { ...DEFAULT_TIMING, ...part?.timing };
  const way = part?.way;
  switch (way?.type) {
    case undefined:
      return { type: 'image', settleMs: part?.settleMs ?? DEFAULT_SETTLE_MS, timing };
    case 'none':
      return { type: 'none' };
    case 'command':
      return { type: 'command', test: way.test, timing };
    case 'http': {
      const asked = part?.port ?? port;
      return asked === undefined ? 'NoPort' : { type: 'http', path: way.path, port: asked, timing };
    }
    case 'tcp': {
      const asked = way.port ?? part?.port ?? port;
      return asked === undefined ? 'NoPort' : { type: 'tcp', port: asked, timing };
    }
  }
}
