// SPDX-License-Identifier: MIT
// raw.mjs — the commands that scripts ran, as MONITOR tells them, and the same sent again without a script.
import { connect } from 'node:net'
import { once } from 'node:events'

const LINE = /^\+\d+\.\d+ \[\d+ (lua|[^\]]+)\] (.*)$/s
const ESCAPES = { n: 10, r: 13, t: 9, a: 7, b: 8 }

// The arguments of one line: "HSET" "a key" "with \"quotes\" and \x00 bytes"
function unquoted(text) {
  const args = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '"') continue
    const bytes = []
    for (i++; text[i] !== '"'; i++) {
      if (text[i] !== '\\') bytes.push(text.charCodeAt(i))
      else if (text[++i] === 'x') {
        bytes.push(Number.parseInt(text.slice(i + 1, i + 3), 16))
        i += 2
      } else bytes.push(ESCAPES[text[i]] ?? text.charCodeAt(i))
    }
    args.push(Buffer.from(bytes))
  }
  return args
}

export function encoded(args) {
  const parts = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) parts.push(Buffer.from(`$${arg.length}\r\n`), arg, Buffer.from('\r\n'))
  return Buffer.concat(parts)
}

// Listens from now on; end() gives the commands of all scripts, encoded, and how many of each there were.
export async function record(port) {
  const socket = connect(port, '127.0.0.1')
  const chunks = []
  socket.on('data', (bytes) => chunks.push(bytes))
  socket.write('MONITOR\r\n')
  await once(socket, 'data')
  const end = async (client) => {
    await client.echo('end of record')
    while (!Buffer.concat(chunks.slice(-2)).includes('end of record')) await once(socket, 'data')
    socket.destroy()
    const counts = {}
    const commands = []
    for (const line of Buffer.concat(chunks).toString('latin1').split('\r\n')) {
      const match = LINE.exec(line)
      if (!match || match[1] !== 'lua') continue
      const args = unquoted(match[2])
      const name = args[0].toString().toUpperCase()
      counts[name] = (counts[name] ?? 0) + 1
      commands.push(encoded(args))
    }
    return { counts, commands }
  }
  return { end }
}

// Sends all in one pipeline and waits for the last answer.
export async function replay(port, commands) {
  const socket = connect(port, '127.0.0.1')
  const last = encoded([Buffer.from('ECHO'), Buffer.from('all of it')])
  let tail = Buffer.alloc(0)
  const answered = new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      tail = Buffer.concat([tail.subarray(-32), bytes])
      if (tail.includes('all of it')) resolve()
    })
  })
  await once(socket, 'connect')
  for (let i = 0; i < commands.length; i += 200)
    if (!socket.write(Buffer.concat(commands.slice(i, i + 200)))) await once(socket, 'drain')
  socket.write(last)
  await answered
  socket.destroy()
}
