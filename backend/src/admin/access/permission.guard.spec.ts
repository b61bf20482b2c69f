import type { ExecutionContext } from '@nestjs/common';
import type { ProjectsService } from '../../projects/projects.service.js';
import { Permission } from './permission.js';
import { PermissionGuard } from './permission.guard.js';

class Handlers {
  undeclared(): void {
    // Nothing is declared.
  }

  @Permission('anyone')
  open(): void {
    // A probe.
  }
}

describe('the permission guard', () => {
  const guard = new PermissionGuard({} as ProjectsService);
  const contextOf = (name: keyof Handlers) =>
    ({ getHandler: () => Reflect.get(Handlers.prototype, name) }) as unknown as ExecutionContext;

  it('admits nobody to a handler without a permission, should one be reached', async () => {
    await expect(guard.canActivate(contextOf('undeclared'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('admits anyone where a handler says so', async () => {
    await expect(guard.canActivate(contextOf('open'))).resolves.toBe(true);
  });
});
