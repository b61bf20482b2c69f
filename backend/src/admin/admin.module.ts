import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AgentsModule } from '../agents/agents.module.js';
import { AuditEventModule } from '../audit/audit-event.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthorityModule } from '../authority/authority.module.js';
import { ServedRevisionsModule } from '../policy/served-revisions.module.js';
import { SnapshotLoaderModule } from '../policy/snapshot-loader.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { DeclaredPermissions } from './access/declared-permissions.js';
import { PermissionGuard } from './access/permission.guard.js';
import { ContainerConfigs } from './container-config.js';
import { DatabaseProbe } from './database-probe.js';
import { ErrorFilter } from './error.filter.js';
import { FirstSteps } from './first-steps.js';
import { Routes } from './http/routes.js';
import { AgentsController } from './rest/agents.controller.js';
import { AuditEventsController } from './rest/audit-events.controller.js';
import { GatewayController } from './rest/gateway.controller.js';
import { HealthController } from './rest/health.controller.js';
import { PolicyEvaluationController } from './rest/policy-evaluation.controller.js';
import { PolicyController } from './rest/policy.controller.js';
import { RequestStreams } from './rest/request-streams.js';
import { RequestsController } from './rest/requests.controller.js';
import { RulesController } from './rest/rules.controller.js';
import { SecretsController } from './rest/secrets.controller.js';
import { SystemController } from './rest/system.controller.js';
import { UserController } from './rest/user.controller.js';

/** The control plane's HTTP. Its application is set up by `configureAdmin` before it listens. */
@Module({
  imports: [
    DiscoveryModule,
    AgentsModule,
    AuditEventModule,
    AuditModule,
    AuthorityModule,
    ProjectsModule,
    RulesModule,
    SecretsModule,
    ServedRevisionsModule,
    SnapshotLoaderModule,
  ],
  controllers: [
    AgentsController,
    AuditEventsController,
    GatewayController,
    HealthController,
    PolicyController,
    PolicyEvaluationController,
    RequestsController,
    RulesController,
    SecretsController,
    SystemController,
    UserController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: PermissionGuard },
    ContainerConfigs,
    DatabaseProbe,
    DeclaredPermissions,
    ErrorFilter,
    FirstSteps,
    RequestStreams,
    Routes,
  ],
})
export class AdminModule {}
