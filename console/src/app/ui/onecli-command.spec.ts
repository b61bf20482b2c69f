import { onecliCommand } from './onecli-command';

describe('a command of the program, as the console shows it', () => {
  it.each(['http://localhost:10254', 'http://127.0.0.1:10254'])('needs no address at %s', (origin) => {
    expect(onecliCommand('run -- claude', origin)).toBe('onecli run -- claude');
  });

  it.each(['http://localhost:21254', 'https://console.example.com'])('names the control plane at %s', (origin) => {
    expect(onecliCommand('run -- claude', origin)).toBe(`ONECLI_URL=${origin} onecli run -- claude`);
  });
});
