/** `GET /v1/container-config`: what a container or a local process needs to use the gateway. */
export interface ContainerConfigView {
  readonly env: Readonly<Record<string, string>>;
  /** PEM. */
  readonly caCertificate: string;
  readonly caCertificateContainerPath: string;
  readonly warnings?: readonly string[];
}

export const CA_CONTAINER_PATH = '/tmp/onecli-gateway-ca.pem';

export interface GatewayUrlView {
  readonly url: string;
}
