// Manifests that are right each for itself, and wrong beside each other.
import type { CaseGroup } from './cases.ts';

const project = (name: string, more = '') => `kind: project\nname: ${name}\nimage: acme/${name}\n${more}`;

export const catalogCases: CaseGroup = {
  title: 'Between manifests',
  cases: [
    { what: 'two of one name', files: { 'a.yaml': project('shop'), 'b.yaml': project('shop') } },
    {
      what: 'a stack of the name of a project',
      files: { 'a.yaml': project('shop'), 'b.yaml': 'kind: stack\nname: shop\n' },
    },
    {
      what: 'the first of two of one name is broken',
      files: { 'a.yaml': project('shop', 'colour: green\n'), 'b.yaml': project('shop') },
    },
    {
      what: 'a dependency that there is not',
      files: `${project('shop', 'depends_on: [databse]\n')}---\n${project('database')}`,
    },
    {
      what: 'a dependency without its stage',
      files: `${project('web', 'depends_on: [shop]\n')}---\n${project('shop', 'stages: { staging: {}, prod: {} }\n')}`,
    },
    {
      what: 'a stage that there is not',
      files: `${project('web', 'depends_on: [shop/production]\n')}---\n${project('shop', 'stages: { staging: {}, prod: {} }\n')}`,
    },
    {
      what: 'a ring of dependencies',
      files: `${project('a', 'depends_on: [b]\n')}---\n${project('b', 'depends_on: [c]\n')}---\n${project('c', 'depends_on: [a]\n')}`,
    },
    { what: 'a dependency on itself', files: project('shop', 'depends_on: [shop]\n') },
    {
      what: 'one domain twice',
      files: `${project('shop', 'domains: [www.example.com]\n')}---\n${project('blog', 'domains: [WWW.example.com]\n')}`,
    },
    {
      what: 'one domain for both stages',
      files: project('shop', 'domains: [www.example.com]\nstages: { staging: {}, prod: {} }\n'),
    },
    {
      what: 'one host port twice',
      files: `${project('shop', 'ports: ["8080:80"]\n')}---\n${project('blog', 'ports: ["8080:80"]\n')}`,
    },
    {
      what: 'one Compose project twice',
      files: 'kind: stack\nname: one\nproject: app\n---\nkind: stack\nname: two\nproject: app\n',
    },
    {
      what: 'one container name twice',
      files: `${project('shop', 'stages: { prod: {} }\n')}---\n${project('shop-prod')}`,
    },
    { what: 'renamed from itself', files: project('shop', 'renamed_from: shop\n') },
    {
      what: 'renamed from one that is still there',
      files: { 'a.yaml': project('shop'), 'b.yaml': project('store', 'renamed_from: shop\n') },
    },
    {
      what: 'two that were renamed from one',
      files: {
        'a.yaml': project('store', 'renamed_from: shop\n'),
        'b.yaml': project('market', 'renamed_from: shop\n'),
      },
    },
    {
      what: 'two renames in a chain',
      files: {
        'b.yaml': project('store', 'renamed_from: shop\n'),
        'c.yaml': project('market', 'renamed_from: store\n'),
      },
    },
    {
      what: 'two that swap their names',
      files: {
        'a.yaml': project('shop', 'renamed_from: store\n'),
        'b.yaml': project('store', 'renamed_from: shop\n'),
      },
    },
    {
      what: 'a stage that was renamed',
      files: project('shop', 'stages: { prod: { renamed_from: live } }\n'),
    },
    { what: 'a former name that is no name', files: project('shop', 'renamed_from: The Shop\n') },
    {
      what: 'one volume with two writers (a warning)',
      files: project('shop', 'volumes: ["data:/data"]\nstages: { staging: {}, prod: {} }\n'),
    },
  ],
};
