import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, writeCertificates } from './certificates.js';
import { Entrance } from './entrance.js';
import { Gateway } from './gateway.js';
import type { Options } from './options.js';
import { givePolicy, type PolicySize } from './policy.js';
import { startProgram, stop } from './running.js';
import type { Target } from './target.js';

/** A built commit. */
export interface Build {
  readonly name: string;
  /** The program's `main.js`. */
  readonly main: string;
}

export interface GatewayWish {
  readonly build?: Build;
  readonly policy?: PolicySize;
  readonly variables?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

export const ORDINARY_POLICY: PolicySize = { rules: 10, secrets: 1 };

/** What the rows share: an upstream, the floor, the ordinary gateway, and gateways of other kinds on demand. */
export class Bench {
  readonly certificates: Certificates;
  #upstreamPort = 0;
  #floor: Target | undefined;
  #ordinary = new Map<Build, Gateway>();
  readonly #entrances = new Map<string, Promise<Entrance>>();
  #serial = 0;

  constructor(
    readonly options: Options,
    /** The commit under test first, then the one to compare with. */
    readonly builds: readonly [Build, ...Build[]],
    private readonly directory: string,
  ) {
    this.certificates = writeCertificates(directory);
  }

  async start(): Promise<void> {
    const { leaf, key } = this.certificates;
    this.#upstreamPort = portOf(await startProgram(program('upstream'), [leaf, key]));
  }

  get upstreamPort(): number {
    return this.#upstreamPort;
  }

  /** How requests name the upstream. */
  get authority(): string {
    return `localhost:${this.#upstreamPort}`;
  }

  /** A port that leads to the upstream through a proxy, or directly; opened on first use. */
  entrance(through: Target | undefined, resume = true): Promise<Entrance> {
    const key = `${through?.port ?? 'direct'} ${resume}`;
    const { directory } = this;
    const open = (): Promise<Entrance> =>
      Entrance.open({ directory, upstreamPort: this.#upstreamPort, through, resume });
    const entrance = this.#entrances.get(key) ?? open();
    this.#entrances.set(key, entrance);
    return entrance;
  }

  /** The floor; started on first use. */
  async floor(): Promise<Target> {
    this.#floor ??= (await this.anotherFloor()).target;
    return this.#floor;
  }

  /** The gateway with its ordinary policy; started on first use. */
  async ordinary(build: Build = this.builds[0]): Promise<Gateway> {
    const known = this.#ordinary.get(build);
    if (known !== undefined) return known;
    const gateway = await this.gateway({ build });
    this.#ordinary.set(build, gateway);
    return gateway;
  }

  /** A gateway of its own, ready to be used; whoever asked for it stops it. */
  async gateway({ build = this.builds[0], policy = ORDINARY_POLICY, ...rest }: GatewayWish = {}): Promise<Gateway> {
    const gateway = this.unstarted({ build, ...rest });
    await gateway.start();
    await gateway.prepare();
    await givePolicy(gateway, policy);
    return gateway;
  }

  /** A gateway with an empty data directory that nobody has started yet. */
  unstarted({ build = this.builds[0], variables = {}, nodeOptions = [] }: GatewayWish = {}): Gateway {
    this.#serial += 1;
    return new Gateway({
      name: build.name,
      main: build.main,
      directory: join(this.directory, `gateway-${this.#serial}`),
      upstreamRoot: this.certificates.root,
      variables,
      nodeOptions,
    });
  }

  /** A directory of its own for what a row needs. */
  scratch(name: string): string {
    const directory = join(this.directory, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  /** A floor of its own. */
  async anotherFloor(nodeOptions: readonly string[] = []): Promise<{ target: Target; end: () => Promise<void> }> {
    const { leaf, key, root } = this.certificates;
    const started = await startProgram(program('floor'), [leaf, key, root], { nodeOptions });
    const target = { name: 'floor', pid: started.pid, port: portOf(started), token: undefined, caFile: root };
    return { target, end: () => stop(started.child) };
  }
}

function portOf({ ready }: { readonly ready: unknown }): number {
  return (ready as { readonly port: number }).port;
}

/** The compiled file of one of the bench's own programs. */
export function program(name: string): string {
  return join(import.meta.dirname, 'programs', `${name}.js`);
}
