import { parseArgs } from 'node:util';

/** What a run measures, and how long. */
export interface Options {
  readonly quick: boolean;
  readonly peers: boolean;
  /** Another commit to measure in the same run. */
  readonly compare: string | undefined;
  /** Keeps rows whose name contains one of these. */
  readonly only: readonly string[];
  /** Rounds of each interleaved measurement. */
  readonly rounds: number;
  /** Length of one round, in seconds. */
  readonly seconds: number;
  /** Rows that the request log is filled with. */
  readonly logRows: number;
  /** Where CPU profiles of the gateway go; undefined takes none. */
  readonly profile: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]
  --quick            short rounds and small sizes; under two minutes, for a first look
  --only a,b         only rows whose name contains a or b
  --compare REF      measures another commit in the same run, in turn with this one
  --peers            also mitmproxy, Squid, mockttp and http-mitm-proxy, those that are installed
  --rounds N         rounds of each measurement (5; quick: 2)
  --seconds N        length of a round (6; quick: 1)
  --log-rows N       rows of the request log that the history is measured with (200,000; 10,000,000 takes about 20 minutes)
  --profile DIR      CPU profiles of the gateway under load, and where its time goes`;

/** Reads the command line. Throws an Error with a sentence. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      compare: { type: 'string' },
      only: { type: 'string', default: '' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'log-rows': { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    quick: values.quick,
    peers: values.peers,
    compare: values.compare,
    only: values.only.split(',').filter((name) => name !== ''),
    rounds: whole('rounds', values.rounds, values.quick ? 2 : 5),
    seconds: whole('seconds', values.seconds, values.quick ? 1 : 6),
    logRows: whole('log-rows', values['log-rows'], values.quick ? 20_000 : 200_000),
    profile: values.profile,
    help: values.help,
  };
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1 on`);
  return number;
}
