import 'reflect-metadata';
import { RecordingModule } from '../../src/audit/recording.module.js';
import { RequestLogRecorder } from '../../src/audit/request-log.recorder.js';
import { aConfig, anEntry, startRecording } from './recording-app.js';

/** A gateway's recorder in a process of its own, to be killed: appends without end and says what it appended, line by line. */
const [url = '', dataDir = '', replica = ''] = process.argv.slice(2);
const app = await startRecording(aConfig(url, dataDir, { REPLICA_ID: replica }), [RecordingModule]);
const recorder = app.get(RequestLogRecorder);
setInterval(() => {
  let said = '';
  for (let n = 0; n < 20; n += 1) {
    const entry = anEntry();
    recorder.append(entry);
    said += `${entry.id} ${Date.now()}\n`;
  }
  process.stdout.write(said);
}, 5);
