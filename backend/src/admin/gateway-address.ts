import type { Config } from '../config/config.js';
import { parseAuthority } from './http/host-check.js';

/** The gateway's host and port as containers reach it. */
export function gatewayAuthority(config: Config): string {
  return withPort(config.gateway.publicHost ?? 'host.docker.internal', config.gateway.port);
}

/**
 * The gateway's address for a program beside the control plane: the configured one, or the name by which the program
 * reached the control plane (already checked to be one of ours).
 */
export function gatewayUrlFor(config: Config, host: string | undefined): string {
  const name = config.gateway.publicHost ?? parseAuthority(host)?.name ?? 'localhost';
  return `http://${withPort(name, config.gateway.port)}`;
}

function withPort(host: string, port: number): string {
  return /:\d+$/.test(host.replace(/^\[.*\]/, '')) ? host : `${host}:${port}`;
}
