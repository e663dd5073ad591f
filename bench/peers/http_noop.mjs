// SPDX-License-Identifier: MIT
// http_noop.mjs — Node's own http server reading a POST whole and answering a constant: the peer of http_noop.c.
import { createServer } from 'node:http'

const body = '{"ok":true}'
const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    response.writeHead(200, headers)
    response.end(body)
  })
})
server.keepAliveTimeout = 600000
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`))
process.on('SIGTERM', () => process.exit(0))
