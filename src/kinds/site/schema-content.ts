// Where the files of a site are, as a manifest says it.
import { secretReference } from '../../core/schema-config-sources.ts';
import { duration, relativePath, text } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

const archive = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s\\p{Cc}@\\\\]{1,2000}$',
      description: 'A tar, tar.gz or zip file. By https; by http only in a private network.',
      expects: 'an address of https://, without a user name',
      example: 'https://example.com/docs-1.2.tar.gz',
    }),
    sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Its checksum, as `sha256sum FILE` shows it. Another file is never unpacked.',
      expects: 'the 64 letters and digits that `sha256sum` shows',
      example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    }),
    path: Type.Optional(
      relativePath({ description: 'The folder in it, where that is not all of it.', example: 'site/public' }),
    ),
    credential: Type.Optional(
      secretReference(
        'A token, or user:password. It is sent to this host and to nobody else.',
        '${secret:docs-token}',
      ),
    ),
  },
  {
    additionalProperties: false,
    description: 'An archive that is fetched.',
    expects: 'a map such as { url: https://example.com/docs.tar.gz, sha256: … }',
  },
);

const git = Type.Object(
  {
    url: text({
      description: 'By https or ssh.',
      example: 'https://git.example.com/me/docs.git',
      maxLength: 2_000,
    }),
    ref: Type.Optional(text({ description: 'A branch, a tag or a commit. Default main.', example: 'main' })),
    path: Type.Optional(
      relativePath({ description: 'The folder in it, where that is not all of it.', example: 'public' }),
    ),
    poll: Type.Optional(
      duration({ description: 'How often the host is asked. Default 60s.', example: '60s' }),
    ),
    credential: Type.Optional(
      secretReference('A private key for ssh; a token for https.', '${secret:docs-key}'),
    ),
  },
  {
    additionalProperties: false,
    description: 'A git repository with the files.',
    expects: 'a map such as { url: … }',
    example: '{ url: "https://git.example.com/me/docs.git" }',
  },
);

export const content = Type.Object(
  {
    path: Type.Optional(
      relativePath({
        description: 'The folder with the files, relative to this file.',
        example: './public',
      }),
    ),
    archive: Type.Optional(archive),
    git: Type.Optional(git),
  },
  {
    additionalProperties: false,
    description: 'Where the files are: a folder beside this file, a git repository or an archive.',
    expects: 'a map such as { path: ./public }',
    example: '{ path: ./public }',
  },
);
