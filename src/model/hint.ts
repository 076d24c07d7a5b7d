// What a webhook delivery is about: where to look sooner, and nothing that is fetched or deployed (law 11).

export type Hint =
  | {
      kind: 'git';
      /** As the host calls it: `me/infra`. */
      repository: string;
      /** Addresses that the payload gives for it; compared with those of our sources, never used. */
      urls?: readonly string[];
      /** `refs/heads/main`, `refs/tags/v1`. */
      ref: string;
      commit: string | null;
      deleted: boolean;
    }
  | {
      kind: 'image';
      /** With the registry in front where the payload names it: `git.example.com/acme/shop`. */
      repository: string;
      tag: string | null;
      digest: string | null;
    }
  | { kind: 'ping' }
  | { kind: 'ignored'; why: string };
