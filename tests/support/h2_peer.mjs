// SPDX-License-Identifier: MIT
// h2_peer.mjs — an HTTP/2 server that counts what arrives: node h2_peer.mjs KEY CERT; prints its port; ends with its stdin.
import { createSecureServer, constants } from 'node:http2';
import { readFileSync } from 'node:fs';

const [key, cert] = process.argv.slice(2, 4).map((path) => readFileSync(path));
const seen = new Map();
let sessions = 0;

const acts = {
  '/ok': (stream) => answer(stream, 'hello'),
  '/refused': (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  '/broken': (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  '/dies': (stream) => stream.session.destroy(),
  '/half': (stream) => {
    stream.respond({ ':status': 200, 'content-length': '9' });
    stream.write('hel', () => stream.close(constants.NGHTTP2_CANCEL));
  },
  '/leaves': (stream) => {
    stream.session.goaway();
    answer(stream, 'bye');
  },
  '/seen': (stream, url) => answer(stream, String(seen.get(url.searchParams.get('path')) ?? 0)),
  '/sessions': (stream) => answer(stream, String(sessions)),
};

function answer(stream, text) {
  stream.respond({ ':status': 200, 'x-version': 'HTTP/2' });
  stream.end(text);
}

const server = createSecureServer({ key, cert });
server.on('session', (session) => {
  sessions++;
  session.on('error', () => {});
});
server.on('sessionError', () => {});
server.on('stream', (stream, headers) => {
  const url = new URL(headers[':path'], 'https://localhost');
  stream.on('error', () => {});
  seen.set(url.pathname, (seen.get(url.pathname) ?? 0) + 1);
  // Answered before its body is read, a request would see the answer and then a reset.
  stream.on('end', () => stream.destroyed || (acts[url.pathname] ?? acts['/ok'])(stream, url)).resume();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
