import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import type { SecretView } from '../../../../libs/contracts/secrets.js';
import { SecretsService } from '../../secrets/secrets.service.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { IfMatch } from '../http/if-match.js';
import { CreateSecretDto, UpdateSecretDto } from './dto/secrets.dto.js';

/** Values go in here and never come out: what is answered is the view, which has no place for them. */
@Controller('v1/secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  @Get()
  @Permission('secrets:read')
  list(@CalledBy() caller: Caller): Promise<SecretView[]> {
    return this.secrets.list(caller.projectId);
  }

  @Get(':id')
  @Permission('secrets:read')
  get(@CalledBy() caller: Caller, @Param('id') id: string): Promise<SecretView> {
    return this.secrets.get(caller.projectId, id);
  }

  @Post()
  @Permission('secrets:write')
  create(@CalledBy() caller: Caller, @Body() body: CreateSecretDto): Promise<SecretView> {
    return this.secrets.create(caller.actor, caller.projectId, body);
  }

  @Patch(':id')
  @Permission('secrets:write')
  update(
    @CalledBy() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateSecretDto,
    @IfMatch() version?: string,
  ): Promise<SecretView> {
    return this.secrets.update(caller.actor, caller.projectId, id, body, version);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('secrets:write')
  remove(@CalledBy() caller: Caller, @Param('id') id: string, @IfMatch() version?: string): Promise<void> {
    return this.secrets.remove(caller.actor, caller.projectId, id, version);
  }
}
