import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PERMISSION_METADATA } from './permission.js';
import { Routes } from '../http/routes.js';

/** Ends the start of the program when a handler declares no permission: deny by default, seen before anyone can call. */
@Injectable()
export class DeclaredPermissions implements OnModuleInit {
  constructor(private readonly routes: Routes) {}

  /** Throws an Error that names every handler without a permission. */
  onModuleInit(): void {
    const open = this.routes
      .all()
      .filter((route) => Reflect.getMetadata(PERMISSION_METADATA, route.handler) === undefined);
    if (open.length === 0) return;
    const names = open.map((route) => `${route.method} ${route.path} (${route.name})`).join(', ');
    throw new Error(`These handlers declare no @Permission, so the control plane does not start: ${names}`);
  }
}
