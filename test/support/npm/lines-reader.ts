// What the few directives of our own lines in a proxy host make of a request, told without nginx: for tests of thousands of requests.
import type { Row } from './rows.ts';

export interface Target {
  scheme: string;
  host: string;
  port: number;
}

/** What nginx would do: send it on, or answer by itself. */
export type Chosen = { type: 'target'; target: Target } | { type: 'answer'; status: number; body: string };

/** One request to this host; `question` is the header that our lines look at. */
export function choose(row: Row, { question, requestId }: { question: string; requestId: string }): Chosen {
  const variables = new Map<string, string>([
    ['forward_scheme', String(row.forward_scheme)],
    ['server', String(row.forward_host)],
    ['port', String(row.forward_port)],
    ['http_keep_alive', question],
    ['request_id', requestId],
    ['uid_got', ''],
    ['uid_set', `tinyforge=${requestId.toUpperCase()}`],
  ]);
  for (const line of linesOf(row)) {
    const answer = obey(line, variables);
    if (answer !== null) return answer;
  }
  const value = (name: string): string => variables.get(name) ?? '';
  const target = { scheme: value('forward_scheme'), host: value('server'), port: Number(value('port')) };
  return { type: 'target', target };
}

/** Wherever this host may send somebody who does not ask with our header. */
export function targetsOf(row: Row): Target[] {
  const first = {
    scheme: String(row.forward_scheme),
    host: String(row.forward_host),
    port: Number(row.forward_port),
  };
  const others = linesOf(row)
    .filter((line) => !line.includes('$http_keep_alive'))
    .flatMap((line): Target[] => {
      const [, scheme = '', host = '', port] =
        /set \$forward_scheme (\S+); set \$server "([^"]+)"; set \$port (\d+);/.exec(line) ?? [];
      return port === undefined ? [] : [{ scheme, host, port: Number(port) }];
    });
  return [first, ...others];
}

function linesOf(row: Row): string[] {
  return String(row.advanced_config ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function obey(line: string, variables: Map<string, string>): Chosen | null {
  const [, name, pattern, block] = /^if \(\$(\w+) ~ "(.*?)"\) \{ ?(.*?) ?\}$/.exec(line) ?? [];
  if (name !== undefined) {
    const found = new RegExp(pattern ?? '').exec(variables.get(name) ?? '');
    if (found === null) return null;
    found.forEach((group, index) => void variables.set(String(index), group ?? ''));
    for (const directive of (block ?? '').match(/(?:"[^"]*"|[^";])+;/g) ?? []) {
      const answer = obey(directive.trim(), variables);
      if (answer !== null) return answer;
    }
    return null;
  }
  const fill = (text: string): string =>
    text.replace(/^"(.*)"$/, '$1').replaceAll(/\$(\w+)/g, (_whole, key: string) => variables.get(key) ?? '');
  const [, variable, value] = /^set \$(\w+) (.*);$/.exec(line) ?? [];
  if (variable !== undefined) variables.set(variable, fill(value ?? ''));
  const [, status, body] = /^return (\d+) (.*);$/.exec(line) ?? [];
  if (status !== undefined) return { type: 'answer', status: Number(status), body: fill(body ?? '') };
  if (variable === undefined && !/^userid/.test(line))
    throw new Error(`a directive of an unknown kind: ${line}`);
  return null;
}
