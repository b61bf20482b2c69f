import { Controller, Get, Header, Headers, Inject, Query } from '@nestjs/common';
import type { ContainerConfigView, GatewayUrlView } from '../../../../libs/contracts/container-config.js';
import { RootAuthority } from '../../authority/root-authority.js';
import { CONFIG, type Config } from '../../config/config.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { ContainerConfigs } from '../container-config.js';
import { gatewayUrlFor } from '../gateway-address.js';
import { GATEWAY_SKILL } from '../gateway-skill.js';
import { ContainerConfigDto } from './dto/container-config.dto.js';

/** What a client needs to know before its agent's first request through the gateway. */
@Controller('v1')
export class GatewayController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly containerConfigs: ContainerConfigs,
    private readonly authority: RootAuthority,
  ) {}

  /** Holds the agent's access token, hence the permission. */
  @Get('container-config')
  @Permission('agents:token')
  containerConfig(@CalledBy() caller: Caller, @Query() query: ContainerConfigDto): Promise<ContainerConfigView> {
    return this.containerConfigs.of(caller.projectId, query.agent);
  }

  @Get('gateway-url')
  @Permission('system:read')
  gatewayUrl(@Headers('host') host: string | undefined): GatewayUrlView {
    return { url: gatewayUrlFor(this.config, host) };
  }

  @Get('gateway/ca')
  @Header('Content-Type', 'application/x-pem-file')
  @Header('Content-Disposition', 'attachment; filename="onecli-gateway-ca.pem"')
  @Permission('system:read')
  certificate(): string {
    return this.authority.publishedPem();
  }

  @Get('skill/gateway')
  @Header('Content-Type', 'text/markdown; charset=utf-8')
  @Permission('system:read')
  skill(): string {
    return GATEWAY_SKILL;
  }
}
