// Checks of `doctor` about who may talk to us: the listener, its tokens, and the webhooks' secrets.
import type { Check } from '../ports/session.ts';
import { type DoctorCheck, type DoctorDeps, fine, off, problem, problemOf } from './doctor-deps.ts';

export const checkListen: DoctorCheck = async ({ config }) => {
  const { host, port } = config.listen;
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (isLoopback(host)) return [fine('listen', `${where}, this machine only`)];
  if (config.tokens.length > 0) return [fine('listen', `${where}, from elsewhere too, with a token`)];
  return [
    problem(
      'listen',
      `${where} can be reached from elsewhere, and there is no token`,
      'Add `tokens:` to tinyforge.yaml, or listen on 127.0.0.1.',
    ),
  ];
};

export const checkTokens: DoctorCheck = async (deps) => {
  const { tokens } = deps.config;
  if (tokens.length === 0) return [off('tokens', 'none configured')];
  return tokens.map((name) => secretCheck(deps, 'tokens', { name, what: 'the token' }));
};

export const checkWebhooks: DoctorCheck = async (deps) => {
  const { webhooks } = deps.config;
  if (webhooks.length === 0) return [off('webhooks', 'none configured; sources are polled')];
  return webhooks.map((hook) =>
    secretCheck(deps, `webhook ${hook.name}`, { name: hook.secret, what: `deliveries of ${hook.sender}` }),
  );
};

function secretCheck(
  { secrets }: DoctorDeps,
  subject: string,
  { name, what }: { name: string; what: string },
): Check {
  try {
    if (secrets.get(name) !== null) return fine(subject, `${what}: secret ${name} is there`);
    return problem(
      subject,
      `${what}: no secret is named ${name}, so every one is refused`,
      `Put it into the secrets folder as ${name}.`,
    );
  } catch (error) {
    return problemOf(subject, error);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
