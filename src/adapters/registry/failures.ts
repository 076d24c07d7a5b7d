// The three faults of a registry, each with the sentence and the hint that help.
import { printable } from '../../core/source-file.ts';
import { type Fault, fault } from '../../model/errors.ts';

/** The registry could not be asked, or its answer cannot be used; it may be better later. */
export function registryAway(registry: string, why: string, cause?: unknown): Fault {
  return fault({
    code: 'REGISTRY_AWAY',
    reason: 'RegistryAway',
    message: `${registry} does not answer as a registry should (${quote(why)}).`,
    hint: 'If it runs here, see `tinyforge status`; else check the network between here and there.',
    disposition: 'retry',
    cause,
  });
}

/** The registry answers, and has no such tag. */
export function imageMissing(
  registry: string,
  { repository, tag }: { repository: string; tag: string },
): Fault {
  return fault({
    code: 'IMAGE_MISSING',
    reason: 'ImageMissing',
    message: `${registry} has no tag ${tag} of ${repository}.`,
    hint: 'Check the tag; many registries also say so where a credential may not see the image.',
    disposition: 'stalled',
  });
}

/** The registry refused us. `status` is 401 or 403; `why` tells more where we know it. */
export function pullDenied(
  registry: string,
  { repository, status, hint }: { repository: string; status: number; hint?: string | undefined },
): Fault {
  return fault({
    code: 'IMAGE_PULL_DENIED',
    reason: 'ImagePullDenied',
    message: `${registry} refused ${repository} (${status}).`,
    hint: hint ?? `Renew the password for ${registry}, or make the image public.`,
    disposition: 'stalled',
  });
}

/** In words what a failed fetch hides two levels down. */
export function networkWords(error: unknown): string {
  const { name, code } = describe(error);
  if (name === 'TimeoutError') return 'no answer in time';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name cannot be found';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection was cut';
  if (/CERT|SSL|TLS|SELF_SIGNED/.test(code)) return `its certificate was not accepted: ${code}`;
  return code === '' ? 'the connection failed' : code;
}

function describe(error: unknown): { name: string; code: string } {
  const seen = { name: '', code: '' };
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.name === 'TimeoutError') seen.name = one.name;
    const code = (one as NodeJS.ErrnoException).code;
    if (typeof code === 'string') seen.code = code;
  }
  return seen;
}

function quote(text: string): string {
  const plain = printable(text);
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
