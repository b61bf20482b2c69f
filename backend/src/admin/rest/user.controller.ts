import { Controller, Get } from '@nestjs/common';
import type { UserView } from '../../../../libs/contracts/user.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { Permission } from '../access/permission.js';

@Controller('v1/user')
export class UserController {
  constructor(private readonly projects: ProjectsService) {}

  /** In single-user mode: the local user, who is as old as the installation's project. */
  @Get()
  @Permission('user:read')
  async get(): Promise<UserView> {
    const { createdAt } = await this.projects.default();
    return { id: 'local', email: 'local@localhost', name: 'Local user', createdAt };
  }
}
