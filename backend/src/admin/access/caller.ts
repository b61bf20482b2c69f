import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../audit/audit-event.js';

/** Who calls, and the project the call is about. */
export interface Caller {
  readonly actor: Actor;
  readonly projectId: string;
}

const callers = new WeakMap<Request, Caller>();

/** Written once per request, by the permission guard. */
export function rememberCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** The handler's parameter that holds the {@link Caller} whom the guard admitted. */
export const CalledBy = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (caller === undefined) throw new Error('a handler that nobody is admitted to asked who calls');
  return caller;
});
