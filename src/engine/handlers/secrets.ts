// Puts secrets into a spec at the last moment: they live from here to the engine's socket and nowhere else.
import type { ContainerSpec, InjectedFile } from '../../model/container-spec.ts';
import { fault } from '../../model/errors.ts';
import type { Secrets } from '../../ports/secrets.ts';

const REFERENCE = /\$\{secret:([^}]+)\}/g;

export function fillSecrets(text: string, secrets: Pick<Secrets, 'get'>): string {
  return text.replaceAll(REFERENCE, (_, name: string) => {
    const value = secrets.get(name);
    if (value !== null) return value;
    throw fault({
      code: 'SECRET_MISSING',
      reason: 'SecretMissing',
      message: `No secret is named ${name}`,
      hint: 'It was there when the plan was made; `tinyforge doctor` shows where secrets come from.',
      disposition: 'stalled',
    });
  });
}

export function withSecrets(spec: ContainerSpec, secrets: Pick<Secrets, 'get'>): ContainerSpec {
  const fill = (text: string): string => fillSecrets(text, secrets);
  return {
    ...spec,
    environment: Object.fromEntries(
      Object.entries(spec.environment).map(([name, value]) => [name, fill(value)]),
    ),
    files: filesWithSecrets(spec.files, secrets),
  };
}

export function filesWithSecrets(
  files: readonly InjectedFile[],
  secrets: Pick<Secrets, 'get'>,
): InjectedFile[] {
  return files.map((file) => ({ ...file, content: fillSecrets(file.content, secrets) }));
}
