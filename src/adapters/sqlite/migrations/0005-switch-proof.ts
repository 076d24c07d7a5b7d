// What went through the proxy while a deploy switched: counted, and kept with the deploy.
import type { Migration } from './migration.ts';

export const switchProof: Migration = {
  name: 'switch proof',
  up: `
    ALTER TABLE deploys ADD COLUMN proof_json TEXT CHECK (proof_json IS NULL OR json_valid(proof_json));
  `,
  down: `
    ALTER TABLE deploys DROP COLUMN proof_json;
  `,
};
