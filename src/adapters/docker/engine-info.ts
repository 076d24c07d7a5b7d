// What an engine says about itself.
import type { EngineInfo } from '../../ports/container-runtime.ts';
import type { Engine } from './engine.ts';
import { bridgeGateway } from './networks.ts';

interface InfoAnswer {
  ID?: string;
  ServerVersion?: string;
  OSType?: string;
  Architecture?: string;
  LiveRestoreEnabled?: boolean;
  Swarm?: { LocalNodeState?: string } | null;
}

export async function readInfo(engine: Engine): Promise<EngineInfo> {
  const [answer, apiVersion, gateway] = await Promise.all([
    engine.json({ path: '/info', ms: engine.deadlines.listMs }),
    engine.apiVersion(),
    bridgeGateway(engine),
  ]);
  const info = answer as InfoAnswer;
  return {
    id: info.ID ?? '',
    version: info.ServerVersion ?? '',
    apiVersion,
    os: info.OSType ?? '',
    architecture: info.Architecture ?? '',
    liveRestore: info.LiveRestoreEnabled ?? false,
    swarm: info.Swarm?.LocalNodeState ?? 'inactive',
    bridgeGateway: gateway,
  };
}
