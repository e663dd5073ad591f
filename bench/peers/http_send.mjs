// SPDX-License-Identifier: MIT
// http_send.mjs — Node sending the POSTs of http_send.c: node http_send.mjs fetch|agent URL CALLS IN_FLIGHT
import { Agent, request } from 'node:http'

const [how, then, callsText, inFlightText] = process.argv.slice(2)
const calls = Number(callsText)
const inFlight = Number(inFlightText)
const body = Buffer.alloc(700, 'x')
const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer abcdefghijklmnop' }
const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
let failed = 0
let url = `${then}now`

async function byFetch() {
  const answer = await fetch(url, { method: 'POST', headers, body })
  await answer.text()
  return answer.status
}

function byAgent() {
  return new Promise((resolve) => {
    const req = request(url, { method: 'POST', agent, headers: { ...headers, 'Content-Length': body.length } }, (res) => {
      let text = ''
      res.on('data', (chunk) => (text += chunk))
      res.on('end', () => resolve(res.statusCode))
    })
    req.on('error', () => resolve(0))
    req.end(body)
  })
}

async function round(count) {
  let left = count
  const one = how === 'fetch' ? byFetch : byAgent
  const lane = async () => {
    while (left > 0) {
      left--
      if ((await one().catch(() => 0)) !== 200) failed++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}

await round(1000 + inFlight)
url = then
const cpu = process.cpuUsage()
const began = process.hrtime.bigint()
await round(calls)
const took = Number(process.hrtime.bigint() - began) / 1e9
const { user, system } = process.cpuUsage(cpu)
const out = { calls, failed, perSecond: Math.round(calls / took), cpuUs: (user + system) / calls }
console.log(JSON.stringify({ ...out, rssKb: Math.round(process.memoryUsage().rss / 1024) }))
process.exit(failed ? 1 : 0)
