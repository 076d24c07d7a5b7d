// What `init` writes: the smallest configuration that works, and a first manifest to see it work.

export interface Choice {
  source: { type: 'directory'; directory: string } | { type: 'git'; url: string };
  data: string;
  socket: string;
}

/** The text of tinyforge.yaml. What is usual is left out, so that what stands there was chosen. */
export function configurationOf({ source, data, socket }: Choice): string {
  const git = source.type === 'git';
  return `# Where Tinyforge begins: which manifests it reads, and which engine it keeps as they say.
# Everything that may stand here: schemas/tinyforge.schema.json, as comments in examples/tinyforge.yaml.
data: ${yamlText(data)}

sources:
  - name: home
    ${
      git
        ? `git: { url: ${yamlText(source.url)}, poll: 60s }
    # For a private repository, a secret from the folder below or from TINYFORGE_SECRET_GIT:
    # credential: \${secret:git}`
        : `directory: ${yamlText(source.directory)}`
    }
    # What \${NAME} in the manifests can see:
    # variables: { BASE: example.com }

engines:
  local: { socket: ${yamlText(socket)} }

# A file for each secret; in a manifest: \${secret:NAME}.
# secrets: { files: ./secrets }
`;
}

/** A first manifest, reached on this machine alone. */
export const FIRST_MANIFEST = {
  path: 'hello.yaml',
  address: 'http://127.0.0.1:8000/',
  text: `# A first project: one image, kept running and healthy. Change the tag and apply again.
kind: project
name: hello
image: nginxinc/nginx-unprivileged
tag: stable-alpine
port: 8080
ports: ["127.0.0.1:8000:8080"]
healthcheck: { http: / }
`,
} as const;

/** A text as YAML reads it back, whatever is in it. */
function yamlText(text: string): string {
  return /^[\w./~@-][\w./~@:-]*$/.test(text) && !/:$|: /.test(text) ? text : JSON.stringify(text);
}
