import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { RecordingModule } from '../audit/recording.module.js';
import { AuthorityModule } from '../authority/authority.module.js';
import { CONFIG, type Config } from '../config/config.js';
import { PolicyChangesModule } from '../policy-changes/policy-changes.module.js';
import { SnapshotLoaderModule } from '../policy/snapshot-loader.module.js';
import { ServedRevisionsModule } from '../policy/served-revisions.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { Forwarder } from './forward/forwarder.js';
import { ownAddresses } from './forward/own-addresses.js';
import { UpstreamGuard } from './forward/upstream-guard.js';
import { Upstreams, upstreamTrust } from './forward/upstreams.js';
import { GatewayPipeline } from './gateway.pipeline.js';
import { GatewayServer } from './gateway.server.js';
import { GatewayTunnel } from './gateway.tunnel.js';
import { Hints } from './hints.js';
import { Injector } from './injection/injector.js';
import { Connections } from './listener/connections.js';
import { LeafCertificates } from './mitm/leaf-certificates.js';
import { ProxyAuth } from './proxy-auth/proxy-auth.js';
import { KeptCounters } from './rate-limit/kept-counters.js';
import { RateLimiter } from './rate-limit/rate-limiter.js';
import { ExchangeRecorder } from './record/exchange-recorder.js';
import { Snapshots } from './snapshot/snapshots.js';
import { OpenWebSockets } from './websocket/open-websockets.js';

/** The data plane. Nothing of the control plane is in it: readers, policy, the vault and the recorder are what it uses. */
@Module({
  imports: [
    AgentsModule,
    AuthorityModule,
    PolicyChangesModule,
    SnapshotLoaderModule,
    ProjectsModule,
    RecordingModule,
    RulesModule,
    SecretsModule,
    ServedRevisionsModule,
  ],
  providers: [
    GatewayPipeline,
    GatewayServer,
    GatewayTunnel,
    ExchangeRecorder,
    Hints,
    Injector,
    KeptCounters,
    LeafCertificates,
    OpenWebSockets,
    ProxyAuth,
    RateLimiter,
    Snapshots,
    {
      provide: Connections,
      inject: [CONFIG],
      useFactory: (config: Config) =>
        new Connections(
          config.gateway.maxTunnelsPerAgent,
          config.gateway.maxUnauthenticated,
          config.gateway.maxExchangesPerAgent,
        ),
    },
    { provide: Forwarder, inject: [CONFIG, Connections], useFactory: createForwarder },
  ],
  exports: [GatewayServer],
})
export class GatewayModule {}

function createForwarder(config: Config, connections: Connections): Forwarder {
  const { allowPrivate, extraCaCertsFile, connectTimeout, responseTimeout, bodyTimeout } = config.gateway;
  const guard = new UpstreamGuard(allowPrivate, () => {
    const { listeningPort } = connections;
    return ownAddresses(config, listeningPort === undefined ? {} : { gateway: listeningPort });
  });
  const upstreams = new Upstreams(guard, upstreamTrust(extraCaCertsFile), connectTimeout);
  return new Forwarder(upstreams, { response: responseTimeout, body: bodyTimeout });
}
