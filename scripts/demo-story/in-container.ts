// Runs a program in a container as `docker exec` does; also the command `tinyforge` of a demo that runs from its image.
import { askEngine, callEngine } from '../local-images/engine-call.ts';
import type { ProgramResult } from './run-program.ts';

/** Answers whatever the exit code is. Throws where the container does not run. */
export async function runInContainer(
  socketPath: string,
  container: string,
  command: readonly string[],
): Promise<ProgramResult> {
  const { Id } = (await askEngine({
    socketPath,
    method: 'POST',
    path: `/containers/${container}/exec`,
    body: { Cmd: command, AttachStdout: true, AttachStderr: true },
  })) as { readonly Id: string };
  const { status, bytes, text } = await callEngine({
    socketPath,
    method: 'POST',
    path: `/exec/${Id}/start`,
    body: { Detach: false, Tty: false },
    timeoutMs: 120_000,
  });
  if (status >= 400) throw new Error(`${command.join(' ')} in ${container}: ${text.trim()}`);
  const { ExitCode } = (await askEngine({ socketPath, method: 'GET', path: `/exec/${Id}/json` })) as {
    readonly ExitCode: number;
  };
  return { code: ExitCode, ...readFrames(bytes) };
}

/** Without a terminal the engine sends frames of [stream, 0, 0, 0, length (4 bytes)] and a payload. */
export function readFrames(bytes: Buffer): { readonly stdout: string; readonly stderr: string } {
  const streams = { 1: [] as Buffer[], 2: [] as Buffer[] };
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    streams[bytes[at] === 2 ? 2 : 1].push(bytes.subarray(at + 8, end));
    at = end;
  }
  return { stdout: Buffer.concat(streams[1]).toString(), stderr: Buffer.concat(streams[2]).toString() };
}

if (import.meta.main) {
  const [socketPath = '', container = '', ...command] = process.argv.slice(2);
  const { code, stdout, stderr } = await runInContainer(socketPath, container, command);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}
