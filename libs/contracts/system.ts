/** `GET /v1/system`: what the console shows about the installation. */
export interface SystemView {
  readonly version: string;
  readonly mode: 'single-user';
  readonly projectId: string;
  readonly projectName: string;
  readonly gatewayUrl: string;
  readonly database: { readonly ok: boolean; readonly latencyMs: number | null };
  readonly replicas: readonly { readonly replica: string; readonly revision: number; readonly seenAt: string }[];
  readonly rootCertificate: { readonly fingerprint256: string; readonly notAfter: string };
  /** The first-run checklist, from facts in the database. */
  readonly firstSteps: {
    readonly agentCreated: boolean;
    readonly secretAdded: boolean;
    readonly requestSeen: boolean;
    readonly ruleCreated: boolean;
  };
}
