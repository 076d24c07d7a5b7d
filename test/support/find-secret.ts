// Looks for a secret in files and processes, in the forms that it could leak in.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The value raw, in base64 (as a whole, and as the password of Basic), base64url, hex and URL-escaped. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const texts = [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
  return texts.map((text) => Buffer.from(text));
}

export function holdsSecret(bytes: Buffer, secret: string): boolean {
  return formsOf(secret).some((form) => bytes.includes(form));
}

/** Paths of all files below a folder that hold the secret in some form. */
export async function filesWithSecret(folder: string, secret: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (holdsSecret(bytes, secret)) found.push(path);
  }
  return found;
}

/** What `/proc` shows of all processes but this one: command lines and environments with the secret in them. */
export async function processesWithSecret(
  secret: string,
): Promise<{ commandLines: string[]; environments: string[] }> {
  const found = { commandLines: [] as string[], environments: [] as string[] };
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const commandLine = await readFile(`/proc/${pid}/cmdline`).catch(() => Buffer.alloc(0));
    const environment = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
    const name = commandLine.toString('utf8').replaceAll('\0', ' ').trim();
    if (holdsSecret(commandLine, secret)) found.commandLines.push(name);
    if (holdsSecret(environment, secret)) found.environments.push(name);
  }
  return found;
}
