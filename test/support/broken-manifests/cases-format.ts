// Values of the wrong type, out of range, or in a form that cannot be read.
import type { CaseGroup } from './cases.ts';

const shop = 'kind: project\nname: shop\nimage: acme/shop\n';
const stack = 'kind: stack\nname: immich\n';

export const formatCases: CaseGroup = {
  title: 'Values',
  cases: [
    { what: 'a word instead of a number', files: `${shop}replicas: two\n` },
    { what: 'a number instead of a text', files: `${shop}tag: 2.10\n` },
    { what: '`yes` instead of true', files: `${shop}init: yes\n` },
    { what: 'a text instead of a list', files: `${shop}domains: shop.example.com\n` },
    { what: 'a list instead of a map', files: `${shop}healthcheck: [http, /healthz]\n` },
    {
      what: 'a map of conditions in depends_on',
      files: `${shop}depends_on: { database: { condition: service_healthy } }\n`,
    },
    { what: 'a map as a value of environment', files: `${shop}environment: { LOG: { level: info } }\n` },
    { what: 'nothing where a value is needed', files: `${shop}port:\n` },
    { what: 'a word that is not among those allowed', files: `${shop}strategy: bluegreen\n` },
    { what: 'restart as true or false', files: `${shop}restart: false\n` },
    { what: 'a negative number', files: `${shop}replicas: -1\n` },
    { what: 'a port that there is not', files: `${shop}port: 80000\n` },
    { what: 'a duration without its unit', files: `${shop}stop_grace_period: 20\n` },
    {
      what: 'a duration in another form',
      files: `${shop}healthcheck: { http: /healthz, interval: 2 seconds }\n`,
    },
    {
      what: 'a size in another form',
      files: `${shop}deploy: { resources: { limits: { memory: 512 megs } } }\n`,
    },
    { what: 'a domain with https://', files: `${shop}domains: ["https://shop.example.com/"]\n` },
    { what: 'a digest that is none', files: `${shop}digest: sha256:4be1c09\n` },
    { what: 'an image that is none', files: 'kind: project\nname: shop\nimage: Acme/Shop:2\n' },
    { what: 'a port mapping that is none', files: `${shop}ports: ["web:80"]\n` },
    { what: 'ranges of ports that do not match', files: `${shop}ports: ["8000-8002:80-81"]\n` },
    { what: 'a mount that is none', files: `${shop}volumes: ["data:/data:/more"]\n` },
    { what: 'a mode of a mount that is none', files: `${shop}volumes: ["data:/data:shared"]\n` },
    { what: 'a mount at a relative place', files: `${shop}volumes: ["data:data"]\n` },
    { what: 'a relative folder from git', files: `${shop}volumes: ["./data:/data"]\n`, source: 'git' },
    { what: 'a home folder', files: `${shop}volumes: ["~/data:/data"]\n` },
    { what: 'a path out of the source', files: `${stack}compose: [../../compose.yaml]\n` },
    { what: 'an absolute path to a Compose file', files: `${stack}compose: [/opt/immich/compose.yaml]\n` },
    { what: 'an encrypted env file', files: `${stack}env_file: [.env.sops]\n` },
    { what: 'a name without a value in environment', files: `${shop}environment: [LOG_LEVEL]\n` },
    { what: 'a number that would change', files: `${shop}environment: { VERSION: 1.10 }\n` },
    { what: 'a label of ours', files: `${shop}labels: { tinyforge.managed: "true" }\n` },
    { what: 'two ways to check', files: `${shop}port: 80\nhealthcheck: { http: /, tcp: true }\n` },
    { what: 'a check without a port', files: `${shop}healthcheck: { http: /healthz }\n` },
    { what: 'replicas with a fixed port', files: `${shop}replicas: 2\nports: ["8080:80"]\n` },
    { what: 'networks and network_mode', files: `${shop}network_mode: host\nnetworks: [backend]\n` },
    { what: 'two mounts at one place', files: `${shop}volumes: ["one:/data", "two:/data"]\n` },
    { what: 'a quote in a command is never closed', files: `${shop}command: serve "--all\n` },
    { what: 'an engine that there is not', files: `${shop}host: nas\n` },
    {
      what: 'spa and not_found',
      files: 'kind: site\nname: docs\ncontent: { path: ./public }\nspa: true\nnot_found: 404.html\n',
    },
    { what: 'a mode of a file without quotes', files: `${shop}secrets: [{ source: shop-db, mode: 0440 }]\n` },
  ],
};
