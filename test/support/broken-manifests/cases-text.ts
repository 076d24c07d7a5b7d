// Files that are no readable YAML, or that say more than a manifest may.
import type { CaseGroup } from './cases.ts';

const shop = 'kind: project\nname: shop\nimage: acme/shop\n';
const bomb = [
  'kind: project',
  'name: shop',
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f'].map(
    (name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcde'[index]}`).join(', ')}]`,
  ),
].join('\n');

export const textCases: CaseGroup = {
  title: 'The text',
  cases: [
    { what: 'a tab indents a line', files: 'kind: project\nname: shop\nenvironment:\n\tLOG_LEVEL: info\n' },
    {
      what: 'a list item is indented less than its list',
      files: `${shop}domains:\n    - a.example.com\n  - b.example.com\n`,
    },
    { what: 'a key is indented below a value', files: 'kind: project\nname: shop\n  image: acme/shop\n' },
    {
      what: 'a key is indented less than its neighbours',
      files: `${shop}healthcheck:\n    http: /healthz\n  retries: 5\n`,
    },
    { what: 'a quote is never closed', files: 'kind: project\nname: "shop\nimage: acme/shop\n' },
    { what: 'a bracket is never closed', files: `${shop}domains: [shop.example.com\nport: 8080\n` },
    { what: 'a brace is never closed', files: `${shop}healthcheck: { http: /healthz\nport: 8080\n` },
    { what: 'a bracket is closed twice', files: `${shop}domains: [shop.example.com]]\n` },
    {
      what: 'a comma is missing between two entries',
      files: `${shop}healthcheck: { http: /healthz retries: 5 }\n`,
    },
    {
      what: 'the colon after a key is missing',
      files: 'kind: project\nname: shop\nimage acme/shop\nport: 8080\n',
    },
    {
      what: 'the space after a colon is missing',
      files: 'kind: project\nname: shop\nimage:acme/shop\nport: 8080\n',
    },
    { what: 'a text holds a colon and a space', files: `${shop}description: The shop: new and better\n` },
    { what: 'a text begins with @', files: `${shop}labels: { owner: @web }\n` },
    { what: 'a text begins with a star', files: `${shop}domains: [*.example.com]\n` },
    { what: 'an escape that YAML does not know', files: `${shop}environment: { PATTERN: "\\d+" }\n` },
    {
      what: 'a comment sticks to a quoted value',
      files: 'kind: project\nname: "shop"#ours\nimage: acme/shop\n',
    },
    {
      what: 'marks of an unfinished merge',
      files:
        'kind: project\nname: shop\n<<<<<<< HEAD\nimage: acme/shop:1\n=======\nimage: acme/shop:2\n>>>>>>> theirs\n',
    },
    { what: 'a Helm template', files: 'kind: project\nname: shop\nimage: {{ .Values.image }}\n' },
    { what: 'an alias without its anchor', files: `${shop}environment: *base\n` },
    { what: 'an alias inside its own anchor', files: `${shop}labels: &labels\n  all: *labels\n` },
    { what: 'an alias bomb', files: bomb },
    { what: 'too deep', files: `${shop}labels: ${'['.repeat(80)}\n` },
    { what: 'a key stands twice', files: `${shop}image: acme/shop:2\n` },
    { what: 'a tag of YAML', files: `${shop}environment: { KEY: !vault abc }\n` },
    { what: 'a key that is a map', files: `${shop}labels:\n  { a: b }: c\n` },
    { what: 'a merge of something that is no map', files: `${shop}environment:\n  <<: text\n` },
    { what: 'a NUL byte', files: { 'shop.yaml': Buffer.from('kind: project\nname: sh\0op\n') } },
    { what: 'another control character', files: 'kind: project\nname: sh\u0007op\n' },
    {
      what: 'bytes that are not UTF-8',
      files: { 'shop.yaml': Buffer.from([0x6b, 0x69, 0x6e, 0x64, 0x3a, 0xff]) },
    },
    { what: 'a file of 2 MB', files: { 'shop.yaml': Buffer.alloc(2_000_000, 'a') } },
    {
      what: 'broken JSON',
      files: { 'shop.json': '{ "kind": "project", "name": "shop", "image": "acme/shop"\n' },
    },
    {
      what: 'another file that cannot be read, and is no manifest',
      files: { 'values.yaml': 'image: {{ .Values.image }}\nname: "x\n' },
    },
  ],
};
