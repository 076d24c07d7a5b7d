// What an address and a ref of git may look like: nothing that git would take for an option or run as a program.
import type { Wrong } from './compose-values.ts';

const FORMS = [
  /^https?:\/\/[^\s@/]+(\/\S*)?$/,
  /^ssh:\/\/([A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9[][^\s@/]*\/\S+$/,
  /^file:\/\/\/\S+$/,
  /^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:(?!\/\/)\S+$/,
];

/** Null for https, http, ssh (also `git@host:path`) and file addresses. */
export function gitAddressFault(url: string): Wrong | null {
  if (/^[a-z]+:\/\/[^/@\s]*:[^/@\s]*@/i.test(url) || /^https?:\/\/[^/\s]*@/i.test(url)) {
    return {
      reason: 'SecretInAddress',
      message: 'The address holds a user or a password, and addresses are shown.',
      hint: 'take it out, and name the secret under `credential: ${secret:NAME}`',
    };
  }
  if (FORMS.some((form) => form.test(url))) return null;
  return {
    reason: 'BadFormat',
    message: 'This is no address of a git repository that Tinyforge can use.',
    hint: 'for example `https://git.example.com/me/infra.git`, `ssh://git@host/path` or `file:///srv/infra.git`',
  };
}

/** Null for names of branches and tags and for commit ids. (Rules: git help check-ref-format.) */
export function gitRefFault(ref: string): Wrong | null {
  const isName = /^[A-Za-z0-9_][A-Za-z0-9._/+@-]*$/.test(ref) && !/\.\.|@\{|\/\/|\.lock$|[/.]$/.test(ref);
  if (isName) return null;
  const message = 'This is no name of a branch, a tag or a commit.';
  return { reason: 'BadFormat', message, hint: 'for example `main` or `v1.4.0`' };
}
