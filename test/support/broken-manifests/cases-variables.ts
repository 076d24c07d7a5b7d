// Variables and secrets that cannot be put in.
import type { CaseGroup } from './cases.ts';

const shop = 'kind: project\nname: shop\n';

export const variableCases: CaseGroup = {
  title: 'Variables and secrets',
  cases: [
    {
      what: 'a variable without quotes in braces',
      files: `${shop}image: acme/shop\nenvironment: { LOG_LEVEL: \${LEVEL} }\n`,
    },
    {
      what: 'a variable without quotes in brackets',
      files: `${shop}image: acme/shop\ndomains: [shop.\${BASE}]\n`,
    },
    { what: 'a variable that is not set', files: `${shop}image: acme/shop\ndomains: ["shop.\${BASE}"]\n` },
    { what: 'a variable that must be set', files: `${shop}image: \${IMAGE:?name the image of the shop}\n` },
    {
      what: 'a dollar in a password',
      files: `${shop}image: acme/shop\nenvironment: { PASSWORD: "pa$word" }\n`,
    },
    { what: 'a dollar alone', files: `${shop}image: acme/shop\nenvironment: { PRICE: "5 $" }\n` },
    { what: 'a brace that is never closed', files: `${shop}image: acme/shop\ndomains: ["shop.\${BASE"]\n` },
    {
      what: 'no name between the braces',
      files: `${shop}image: acme/shop\ndomains: ["shop.\${BASE NAME}"]\n`,
    },
    {
      what: 'a secret with a bad name',
      files: `${shop}image: acme/shop\nenvironment: { PASSWORD: "\${secret:shop db}" }\n`,
    },
    {
      what: 'a secret in a label',
      files: `${shop}image: acme/shop\nlabels: { token: "\${secret:shop-db}" }\n`,
    },
    { what: 'a secret in the image', files: `${shop}image: acme/\${secret:shop-db}\n` },
    {
      what: 'a reference to a secret as plain text',
      files: `${shop}image: acme/shop\nenvironment: { HELP: "use $\${secret:NAME}" }\n`,
    },
    { what: 'a variable that is no number', files: `${shop}image: acme/shop\nreplicas: \${WORD}\n` },
    { what: 'a number without quotes out of a variable', files: `${shop}image: acme/shop\nport: \${BIG}\n` },
  ],
};
