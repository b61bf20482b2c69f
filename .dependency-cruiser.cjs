// The architecture of docs/architecture.md as lint: imports go down, never sideways.

const FEATURES = 'agents|secrets|rules|projects|authority';
const SPEC = '\\.spec\\.ts$';
const RANKS = [
  { folders: 'config|crypto', below: '^libs/' },
  { folders: 'logging', below: '^(libs/|backend/src/(config|crypto)/)' },
  { folders: 'persistence|redis|policy-changes|queue', below: '^(libs/|backend/src/(config|crypto|logging)/)' },
  { folders: 'audit', below: '^(libs/|backend/src/(config|crypto|logging|persistence|redis|policy-changes|queue)/)' },
  {
    folders: FEATURES,
    below: '^(libs/|backend/src/(config|crypto|logging|persistence|redis|policy-changes|queue|audit)/)',
  },
  {
    folders: 'policy',
    below: `^(libs/|backend/src/(config|crypto|logging|persistence|redis|policy-changes|queue|audit|${FEATURES})/)`,
  },
  {
    folders: 'gateway|admin',
    below: `^(libs/|backend/src/(config|crypto|logging|persistence|redis|policy-changes|queue|audit|${FEATURES}|policy)/)`,
  },
];
const LATERAL = 'config|crypto|persistence|redis|policy-changes|queue';
const PURE_CORE = [
  '^backend/src/policy/(?!snapshot-loader|.*\\.module|served-revisions)',
  // injector.ts is the stage that takes the vault; what it calls is pure.
  '^backend/src/gateway/injection/(?!injector\\.)',
  '^backend/src/gateway/listener/request-target\\.ts$',
  '^backend/src/gateway/proxy-auth/proxy-authorization\\.ts$',
  '^backend/src/gateway/forward/hop-by-hop\\.ts$',
  '^libs/',
];
const INPUT_AND_OUTPUT = '^(node:)?(fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster)(/|$)';

/** A rank's folders import what lies below them, themselves, and (ranks 1 and 2) each other. */
const ranks = RANKS.map(({ folders, below }) => ({
  name: `rank-of-${folders.replaceAll('|', '-')}`,
  comment: `${folders} may import lower ranks only, never sideways`,
  severity: 'error',
  from: { path: `^backend/src/(${folders})/`, pathNot: SPEC },
  to: {
    path: '^(backend|console|cli|libs|bench|scripts)/',
    pathNot: [
      below,
      '^backend/src/$1/',
      ...(folders.split('|').every((folder) => LATERAL.includes(folder)) ? [`^backend/src/(${folders})/`] : []),
    ],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...ranks,
    {
      name: 'libs-stand-alone',
      comment: 'libs import nothing of ours',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(backend|console|cli|bench|scripts)/' },
    },
    {
      name: 'console-and-cli-import-libs-only',
      comment: 'The console and the command meet the server on the wire',
      severity: 'error',
      from: { path: '^(console|cli)/(src|e2e)/' },
      to: { path: '^(backend|console|cli|bench|scripts)/', pathNot: '^$1/' },
    },
    {
      name: 'gateway-reads-only',
      comment: 'The gateway takes readers, the policy and the vault; no service, no entity, no ORM',
      severity: 'error',
      from: { path: '^backend/src/gateway/', pathNot: SPEC },
      to: {
        path: [
          '^backend/src/persistence/',
          '\\.(service|entity)\\.ts$',
          'node_modules/@mikro-orm/',
          'node_modules/pg/',
        ],
      },
    },
    {
      name: 'entity-stays-at-home',
      comment: 'Other features hold a plain id and ask the reader',
      severity: 'error',
      from: { path: '^backend/src/([^/]+)/' },
      to: { path: '\\.entity\\.ts$', pathNot: '^backend/src/$1/' },
    },
    {
      name: 'pure-core',
      comment: 'Deciding, matching, injecting and parsing are functions from values to values',
      severity: 'error',
      from: { path: PURE_CORE, pathNot: SPEC },
      to: { path: [INPUT_AND_OUTPUT, 'node_modules/(@nestjs|@mikro-orm|pg|bullmq|ioredis|undici|express)/'] },
    },
    {
      name: 'console-features-stand-alone',
      comment: 'Features of the console link by URL',
      severity: 'error',
      from: { path: '^console/src/app/([^/]+)/.+' },
      to: { path: '^console/src/app/[^/]+/.+', pathNot: '^console/src/app/($1|api|shell|ui)/' },
    },
    {
      name: 'commands-stand-alone',
      comment: 'A command of the program does not import another one',
      severity: 'error',
      from: { path: '^cli/src/commands/([^/]+)/' },
      to: { path: '^cli/src/commands/[^/]+/', pathNot: '^cli/src/commands/$1/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-barrels', severity: 'error', from: {}, to: { path: '/index\\.ts$', pathNot: 'node_modules' } },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is dead, or an entry that is to be listed here',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          SPEC,
          '\\.e2e-spec\\.ts$',
          '\\.d\\.ts$',
          '\\.config\\.(ts|mjs|cjs)$',
          '^console/(jest\\.setup|src/main)\\.ts$',
          '^(bench|scripts)/',
          '^libs/contracts/',
          '^backend/test/support/',
        ],
      },
      to: {},
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.angular)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
