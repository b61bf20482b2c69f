import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import type { AccessTokenView, AgentView, AgentWithTokenView, SuccessView } from '../../../../libs/contracts/agents.js';
import { AgentsService } from '../../agents/agents.service.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { IfMatch } from '../http/if-match.js';
import {
  AssignedSecretsDto,
  CreateAgentDto,
  RegenerateTokenDto,
  SecretModeDto,
  UpdateAgentDto,
} from './dto/agents.dto.js';

const SUCCESS: SuccessView = { success: true };

@Controller('v1/agents')
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @Get()
  @Permission('agents:read')
  list(@CalledBy() caller: Caller): Promise<AgentView[]> {
    return this.agents.list(caller.projectId);
  }

  @Get('default')
  @Permission('agents:read')
  getDefault(@CalledBy() caller: Caller): Promise<AgentView> {
    return this.agents.getDefault(caller.projectId);
  }

  @Get(':id')
  @Permission('agents:read')
  get(@CalledBy() caller: Caller, @Param('id') id: string): Promise<AgentView> {
    return this.agents.get(caller.projectId, id);
  }

  @Post()
  @Permission('agents:write')
  create(@CalledBy() caller: Caller, @Body() body: CreateAgentDto): Promise<AgentWithTokenView> {
    return this.agents.create(caller.actor, caller.projectId, body);
  }

  @Patch(':id')
  @Permission('agents:write')
  async update(
    @CalledBy() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateAgentDto,
    @IfMatch() version?: string,
  ): Promise<SuccessView> {
    await this.agents.update(caller.actor, caller.projectId, id, body, version);
    return SUCCESS;
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('agents:write')
  remove(@CalledBy() caller: Caller, @Param('id') id: string, @IfMatch() version?: string): Promise<void> {
    return this.agents.remove(caller.actor, caller.projectId, id, version);
  }

  @Post(':id/regenerate-token')
  @HttpCode(200)
  @Permission('agents:token')
  regenerateToken(
    @CalledBy() caller: Caller,
    @Param('id') id: string,
    @Body() body: RegenerateTokenDto,
  ): Promise<AccessTokenView> {
    return this.agents.regenerateToken(caller.actor, caller.projectId, id, body);
  }

  @Get(':id/secrets')
  @Permission('agents:read')
  secretIds(@CalledBy() caller: Caller, @Param('id') id: string): Promise<string[]> {
    return this.agents.secretIds(caller.projectId, id);
  }

  @Put(':id/secrets')
  @Permission('agents:write')
  async assignSecrets(
    @CalledBy() caller: Caller,
    @Param('id') id: string,
    @Body() body: AssignedSecretsDto,
    @IfMatch() version?: string,
  ): Promise<SuccessView> {
    await this.agents.assignSecrets(caller.actor, caller.projectId, id, body.secretIds, version);
    return SUCCESS;
  }

  @Patch(':id/secret-mode')
  @Permission('agents:write')
  async setSecretMode(
    @CalledBy() caller: Caller,
    @Param('id') id: string,
    @Body() body: SecretModeDto,
    @IfMatch() version?: string,
  ): Promise<SuccessView> {
    await this.agents.setSecretMode(caller.actor, caller.projectId, id, body.mode, version);
    return SUCCESS;
  }
}
