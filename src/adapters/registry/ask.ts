// Asks a registry the way it wants to be asked: without a name, with a bearer token, or with a password.
import { type Challenge, readChallenges } from './challenge.ts';
import type { FindCredential } from './credential.ts';
import { isSafeForPasswords } from './endpoint.ts';
import { pullDenied } from './failures.ts';
import type { Answer, Http } from './http.ts';
import { basic, type Tokens } from './tokens.ts';

export interface Question {
  method: 'GET' | 'HEAD';
  url: URL;
  accept: string;
  maxBytes: number;
  registry: string;
  repository: string;
  signal: AbortSignal;
}

/** Answers with whatever the registry says in the end. Rejects as `Http.exchange` does, and with ImagePullDenied. */
export type Ask = (question: Question) => Promise<Answer>;

export function createAsker(deps: { http: Http; tokens: Tokens; credentials: FindCredential }): Ask {
  const { http, tokens, credentials } = deps;
  /** How each registry wanted to be asked: saves the refused request before each real one. */
  const challenges = new Map<string, Challenge>();

  async function authorizationFor(question: Question, challenge: Challenge): Promise<string | null> {
    const { registry, repository, url, signal } = question;
    const credential = credentials(registry);
    if (challenge.scheme === 'basic') {
      return credential === null || !isSafeForPasswords(url) ? null : basic(credential);
    }
    const answer = await tokens.get({ registry, repository, challenge, credential, signal });
    if (answer.ok) return `Bearer ${answer.token}`;
    throw pullDenied(registry, { repository, status: answer.status, hint: answer.hint });
  }

  return async (question) => {
    const { method, url, registry, maxBytes, signal } = question;
    const headers = { accept: question.accept };
    const send = (authorization: string | null) =>
      http.exchange({ method, url, headers, authorization, maxBytes, signal });
    const remembered = challenges.get(registry);
    const early = remembered === undefined ? null : await authorizationFor(question, remembered);
    const answer = await send(early);
    if (answer.status !== 401) return answer;
    const challenge = chooseChallenge(answer);
    if (challenge === null) return answer;
    challenges.set(registry, challenge);
    // It was good once; the registry has taken it back, or restarted with other keys.
    if (early !== null) tokens.forget(early.replace(/^Bearer /, ''));
    const authorization = await authorizationFor(question, challenge);
    return authorization === null ? answer : await send(authorization);
  };
}

function chooseChallenge(answer: Answer): Challenge | null {
  const offered = readChallenges(answer.headers.get('www-authenticate'));
  const bearer = offered.find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.realm !== undefined,
  );
  return bearer ?? offered.find(({ scheme }) => scheme === 'basic') ?? null;
}
