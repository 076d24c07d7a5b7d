// Documents whose identity or keys are not what a manifest has.
import type { CaseGroup } from './cases.ts';

const shop = 'kind: project\nname: shop\nimage: acme/shop\n';

export const keyCases: CaseGroup = {
  title: 'Kinds, names and keys',
  cases: [
    { what: '`name` is missing', files: 'kind: project\nimage: acme/shop\n' },
    { what: '`name` is empty', files: 'kind: project\nname:\nimage: acme/shop\n' },
    { what: '`name` is a number', files: 'kind: project\nname: 2048\nimage: acme/2048\n' },
    { what: '`name` has capitals', files: 'kind: project\nname: Shop\nimage: acme/shop\n' },
    { what: '`name` is a variable', files: 'kind: project\nname: ${NAME}\nimage: acme/shop\n' },
    {
      what: '`name` is too long for containers',
      files: `kind: project\nname: ${'shop-'.repeat(11)}x\nimage: acme/shop\n`,
    },
    { what: '`kind` is empty', files: 'kind:\nname: shop\nimage: acme/shop\n' },
    { what: '`kind` is misspelt', files: 'kind: projct\nname: shop\nimage: acme/shop\n' },
    { what: '`kind` has a capital', files: 'kind: Project\nname: shop\nimage: acme/shop\n' },
    { what: 'the key `kind` is misspelt', files: 'kin: project\nname: shop\nimage: acme/shop\n' },
    {
      what: 'a kind of a later version',
      files: 'kind: job\nname: backup\nimage: acme/backup\nschedule: "0 3 * * *"\n',
    },
    { what: 'a key is misspelt', files: `${shop}enviroment: { LOG_LEVEL: info }\n` },
    { what: 'a key has a hyphen', files: `${shop}depends-on: [database]\n` },
    {
      what: 'a key deep inside is misspelt',
      files: `${shop}deploy: { resources: { limits: { memroy: 512m } } }\n`,
    },
    { what: 'a key that means nothing', files: `${shop}colour: green\n` },
    { what: 'a key of Compose that is another one here', files: `${shop}container_name: shop\n` },
    {
      what: 'a Compose file with a kind',
      files: 'kind: project\nname: shop\nservices: { web: { image: acme/shop } }\n',
    },
    { what: 'a key of a stack in a project', files: `${shop}profiles: [ml]\n` },
    { what: 'a key of a later version', files: `${shop}hooks: { pre: { run: [./migrate] } }\n` },
    {
      what: 'a key of a later version in a stage',
      files: `${shop}stages: { prod: { promote: { from: staging } } }\n`,
    },
    { what: 'a policy of a later version', files: `${shop}policy: { semver: "^2.1" }\n` },
    {
      what: 'content in two places',
      files:
        'kind: site\nname: docs\ncontent: { path: ./public, git: { url: "https://git.example.com/docs.git" } }\n',
    },
    { what: '`image` is missing', files: 'kind: project\nname: shop\nport: 8080\n' },
    {
      what: '`image` is missing in one stage',
      files: 'kind: project\nname: shop\nstages: { staging: { image: acme/shop }, prod: { tag: "2" } }\n',
    },
    { what: '`content` is missing', files: 'kind: site\nname: docs\ndomains: [docs.example.com]\n' },
    { what: 'a stage has a bad name', files: `${shop}stages: { Prod: { tag: "2" } }\n` },
    {
      what: 'no stage at all',
      files: `${shop}stages: {}\n`,
    },
    {
      what: 'several causes at once',
      files:
        'kind: project\nname: shop\nimage: acme/shop\nreplicas: two\nstrategy: bluegreen\nenviroment: {}\nstages:\n  prod: { port: 99999, hooks: {} }\n',
    },
  ],
};
