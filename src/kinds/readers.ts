// The kinds that can be read, one typed line each; what their manifests may hold is in their schemas.
import type { KindReader } from '../model/kind.ts';
import { projectReader } from './project/read.ts';
import { proxyReader } from './proxy/read.ts';
import { siteReader } from './site/read.ts';
import { stackReader } from './stack/read.ts';

export const readers: readonly KindReader[] = [projectReader, siteReader, stackReader, proxyReader];
