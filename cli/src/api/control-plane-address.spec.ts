import { controlPlaneAddress } from './control-plane-address.js';

describe("the control plane's address", () => {
  it('is what --url says, else ONECLI_URL, else this machine', () => {
    expect(controlPlaneAddress('http://a:1', 'http://b:2').href).toBe('http://a:1/');
    expect(controlPlaneAddress(undefined, 'http://b:2').href).toBe('http://b:2/');
    expect(controlPlaneAddress(undefined, '').href).toBe('http://localhost:10254/');
    expect(controlPlaneAddress(undefined, undefined).href).toBe('http://localhost:10254/');
  });

  it('is refused with where it came from', () => {
    expect(() => controlPlaneAddress('localhost:10254', undefined)).toThrow(
      '--url must be an address such as http://localhost:10254, not "localhost:10254".',
    );
    expect(() => controlPlaneAddress(undefined, 'nonsense')).toThrow('ONECLI_URL must be an address');
  });
});
