/** What `cases.json` holds: the one table that the gateway's, the console's and the program's tests all read. */
export interface PatternCases {
  readonly hostPatterns: readonly {
    readonly pattern: string;
    readonly host: string;
    readonly port: number;
    readonly matches: boolean;
  }[];
  readonly badHostPatterns: readonly string[];
  readonly pathPatterns: readonly PathCase[];
  readonly badPathPatterns: readonly string[];
  /** Patterns of restrictive rules against the widened form of a path. */
  readonly widenedMatches: readonly PathCase[];
  readonly exactForms: readonly { readonly path: string; readonly form: string }[];
  readonly widenedForms: readonly { readonly path: string; readonly form: string }[];
  readonly ambiguousPaths: readonly { readonly path: string; readonly ambiguous: boolean }[];
  readonly methodLists: readonly { readonly list: string | null; readonly method: string; readonly matches: boolean }[];
  readonly badMethodLists: readonly string[];
  /** `host` is null for a text that is refused. */
  readonly canonicalHosts: readonly { readonly text: string; readonly host: string | null }[];
  readonly narrowerHosts: readonly { readonly candidate: string; readonly than: string; readonly narrower: boolean }[];
  readonly narrowerPaths: readonly {
    readonly candidate: string | null;
    readonly than: string | null;
    readonly narrower: boolean;
  }[];
  readonly ownedHosts: readonly { readonly pattern: string; readonly owned: boolean }[];
}

/** In `pathPatterns` the path is compared in its exact form. */
export interface PathCase {
  readonly pattern: string;
  readonly path: string;
  readonly matches: boolean;
}
