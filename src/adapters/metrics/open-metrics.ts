// Prometheus' own text format as OpenMetrics text.

export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** True where the Accept header names OpenMetrics and does not rule it out. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'application/openmetrics-text' && !parameters.some((part) => /^q=0(\.0*)?$/.test(part));
  });
}

/** prom-client writes `Nan`, which both formats spell `NaN`. */
export function withNaN(text: string): string {
  return text.replace(/ Nan$/gm, ' NaN');
}

/**
 * Counters are named without `_total` in HELP and TYPE, there are no empty lines, and `# EOF` ends the text. Done here,
 * for prom-client 15 renames its counters for good when it writes OpenMetrics, and the other format breaks.
 * Facts: OpenMetrics 1.0, https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(lines.map((line) => /^# TYPE (\S+)_total counter$/.exec(line)?.[1]));
  const renamed = lines.map((line) => {
    const [, start, name, rest] = /^(# (?:HELP|TYPE)) (\S+)_total (.*)$/.exec(line) ?? [];
    return counters.has(name) && name !== undefined ? `${start} ${name} ${rest}` : line;
  });
  return `${renamed.join('\n')}\n# EOF\n`;
}
