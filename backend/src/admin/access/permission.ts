import { SetMetadata } from '@nestjs/common';

/**
 * What a handler may require of its caller. `anyone` is for probes: it is a declaration too, so that leaving a handler
 * open is always a decision somebody wrote down.
 */
export type PermissionName =
  | 'anyone'
  | 'agents:read'
  | 'agents:write'
  | 'agents:token'
  | 'secrets:read'
  | 'secrets:write'
  | 'rules:read'
  | 'rules:write'
  | 'policy:read'
  | 'policy:write'
  | 'requests:read'
  | 'audit:read'
  | 'system:read'
  | 'user:read';

/** Metadata key of a handler's {@link Permission}. */
export const PERMISSION_METADATA = 'onecli:permission';

/** Declares what a handler's caller must be permitted. A handler without one keeps the program from starting. */
export const Permission = (name: PermissionName): MethodDecorator => SetMetadata(PERMISSION_METADATA, name);
