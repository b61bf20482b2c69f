import { Controller, Get } from '@nestjs/common';
import { Permission } from '../../src/admin/access/permission.js';
import { startControlPlane } from '../support/control-plane.js';
import { restClient } from '../support/rest-client.js';

@Controller('v1/forgotten')
class ForgottenController {
  @Get()
  @Permission('system:read')
  declared(): string {
    return 'fine';
  }

  @Get('door')
  undeclared(): string {
    return 'open';
  }
}

@Controller('v1/declared')
class DeclaredController {
  @Get()
  @Permission('system:read')
  get(): string {
    return 'fine';
  }
}

describe('deny by default', () => {
  it('does not start with a handler that declares no permission, and names it', async () => {
    const start = startControlPlane({ controllers: [ForgottenController] }).then((plane) => plane.close());
    await expect(start).rejects.toThrow('GET /v1/forgotten/door (ForgottenController.undeclared)');
  });

  it('starts when every handler declares one', async () => {
    const plane = await startControlPlane({ controllers: [DeclaredController] });
    expect((await restClient(plane.url)('GET', '/v1/declared')).status).toBe(200);
    await plane.close();
  });
});
