import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError } from '../../persistence/domain-error.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { rememberCaller } from './caller.js';
import { PERMISSION_METADATA, type PermissionName } from './permission.js';

/**
 * Admits callers, deny by default. In single-user mode everybody who reaches the control plane is the local user, who
 * owns everything; an `Authorization` field, which clients send once a key is configured, changes nothing.
 */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly projects: ProjectsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = Reflect.getMetadata(PERMISSION_METADATA, context.getHandler()) as PermissionName | undefined;
    if (permission === undefined) {
      throw new DomainError('FORBIDDEN', 'Nobody is permitted to make this call.');
    }
    if (permission === 'anyone') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const project = await this.projects.default();
    const wanted = request.get('x-project-id');
    if (wanted !== undefined && wanted !== '' && wanted.toLowerCase() !== project.id) {
      throw new DomainError('NOT_FOUND', 'There is no project with the id that X-Project-Id names.');
    }
    rememberCaller(request, {
      actor: { kind: 'local-user', address: request.socket.remoteAddress ?? null },
      projectId: project.id,
    });
    return true;
  }
}
