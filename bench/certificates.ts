import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyPair, makeLeaf, makeRoot } from '../backend/src/authority/certificates.js';

/** Files in PEM. */
export interface Certificates {
  readonly root: string;
  readonly rootKey: string;
  readonly leaf: string;
  readonly key: string;
}

/** A root and a leaf for `localhost`, of the kind that the gateway mints: the upstream and the floor serve with it. */
export function writeCertificates(directory: string): Certificates {
  const root = makeRoot(new Date());
  const { publicPoint, privateKey } = makeKeyPair();
  const leaf = makeLeaf({ root, host: 'localhost', now: new Date(), publicPoint });
  const write = (name: string, text: string | Buffer): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    root: write('root.pem', root.certificatePem),
    rootKey: write('root.key', root.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    leaf: write('leaf.pem', leaf.certificatePem),
    key: write('leaf.key', privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}
