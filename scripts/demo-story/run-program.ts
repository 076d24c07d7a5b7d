// Runs a program to its end and keeps what it said; a program that fails is an error with its own words.
import { spawn } from 'node:child_process';

export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A limit against hanging. */
  readonly timeoutMs?: number;
}

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Answers whatever the exit code is. Rejects when the program cannot be started or does not end in time. */
export function runProgram(options: ProgramRun): Promise<ProgramResult> {
  const { command, args, directory, environment = process.env, timeoutMs = 120_000 } = options;
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>();
  const child = spawn(command, args, { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  child.once('error', (error) => {
    clearTimeout(limit);
    reject(error);
  });
  child.once('close', (code, signal) => {
    clearTimeout(limit);
    if (code === null) reject(new Error(`${command} was ended by ${signal} after ${timeoutMs / 1000} s.`));
    else resolve({ code, ...said });
  });
  return promise;
}

/** As {@link runProgram}, for programs that must succeed: what they wrote to stdout, without spaces at its ends. */
export async function outputOf(options: ProgramRun): Promise<string> {
  const { code, stdout, stderr } = await runProgram(options);
  if (code === 0) return stdout.trim();
  throw new Error(
    `${options.command} ${options.args.join(' ')} ended with ${code}.\n${`${stdout}${stderr}`.trim()}`,
  );
}
