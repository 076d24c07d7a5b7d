// One line of a password file that nginx reads without the machine's crypt: salted SHA-1.
import { createHash, randomBytes } from 'node:crypto';

/** `name:{SSHA}…`; the real one writes Apache's MD5 by openssl, which costs a process per person. */
export function passwordLine(username: string, password: string): string {
  const salt = randomBytes(8);
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `${username}:{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`;
}
