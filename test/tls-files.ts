/** A certificate authority for the length of a test, and certificates of it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `ca.pem`, `cert.pem` and `key.pem` (for the address, `localhost`, and clients) into the folder. */
export function writeTlsFiles(folder: string, address = '127.0.0.1'): void {
  const openssl = (line: string, subject = ''): void => {
    const args = [...line.split(' '), ...(subject === '' ? [] : ['-subj', subject])];
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(`req -x509 ${newKey} -days 2 -keyout ca-key.pem -out ca.pem`, '/CN=test authority');
  openssl(`req ${newKey} -keyout key.pem -out request.pem`, '/CN=server');
  writeFileSync(join(folder, 'names.ext'), `subjectAltName=IP:${address},DNS:localhost\n`);
  const sign = 'x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial';
  openssl(`${sign} -days 2 -extfile names.ext -out cert.pem`);
}
