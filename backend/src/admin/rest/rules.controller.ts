import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import type { RuleView } from '../../../../libs/contracts/rules.js';
import { RulesService } from '../../rules/rules.service.js';
import { CalledBy, type Caller } from '../access/caller.js';
import { Permission } from '../access/permission.js';
import { IfMatch } from '../http/if-match.js';
import { CreateRuleDto, UpdateRuleDto } from './dto/rules.dto.js';

@Controller('v1/rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  @Get()
  @Permission('rules:read')
  list(@CalledBy() caller: Caller): Promise<RuleView[]> {
    return this.rules.list(caller.projectId);
  }

  @Get(':id')
  @Permission('rules:read')
  get(@CalledBy() caller: Caller, @Param('id') id: string): Promise<RuleView> {
    return this.rules.get(caller.projectId, id);
  }

  @Post()
  @Permission('rules:write')
  create(@CalledBy() caller: Caller, @Body() body: CreateRuleDto): Promise<RuleView> {
    return this.rules.create(caller.actor, caller.projectId, body);
  }

  @Patch(':id')
  @Permission('rules:write')
  update(
    @CalledBy() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateRuleDto,
    @IfMatch() version?: string,
  ): Promise<RuleView> {
    return this.rules.update(caller.actor, caller.projectId, id, body, version);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('rules:write')
  remove(@CalledBy() caller: Caller, @Param('id') id: string, @IfMatch() version?: string): Promise<void> {
    return this.rules.remove(caller.actor, caller.projectId, id, version);
  }
}
