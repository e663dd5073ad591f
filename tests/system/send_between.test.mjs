// SPDX-License-Identifier: MIT
// send_between.test.mjs — what comes between a worker and its provider, and what the ledger makes of it.
//
// Certain are only an answer that came whole and a request of which not one byte was written.  Every case has an account
// and a fault proxy of its own; all are there at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { told } from './fault.mjs'
import { FaultProxy } from './faultproxy.mjs'
import { Fleet } from './send_faults_world.mjs'
import { until } from './support.mjs'

// A doubt begins at 2.5 s, its status comes at 5, it ends at 12.5: a machine that is held up for a second changes nothing.
const QUICK = ['--send-timeout', '2500ms', '--send-grace', '10s', '--lock-duration', '4s', '--stalled-interval', '500ms']
const STATUSES = ['--status-delay', '5s']
const HEADERS = 100 // bytes of an answer that end within its headers
const BODY = 330 // and within its body

// `knows`: the provider gets it.  `doubt`: the worker cannot know that, and waits for the status to say so, or parks it.
// `heals`: at that step, the proxy passes again.
const CASES = [
  { what: 'nothing at all', orders: [], knows: true, doubt: false },
  { what: 'headers that come late', orders: ['down latency 300'], knows: true, doubt: false },
  { what: 'a request that takes its time', orders: ['up slice 20 every 4000'], knows: true, doubt: false },
  { what: 'an answer byte by byte', orders: ['down slice 1 every 300'], knows: true, doubt: false },
  { what: 'both ways byte by byte', orders: ['slice 1'], knows: true, doubt: false },
  { what: 'headers that come too late', orders: ['down latency 4000'], knows: true, doubt: true },
  { what: 'an answer that drips for too long', orders: ['down bandwidth 100'], knows: true, doubt: true },
  { what: 'a request that drips for too long', orders: ['up bandwidth 20'], knows: false, doubt: true },
  { what: 'no answer', orders: ['down blackhole'], knows: true, doubt: true },
  { what: 'a request that goes nowhere', orders: ['up blackhole'], knows: false, doubt: true },
  { what: 'a request that goes nowhere, half open', orders: ['half-open'], knows: false, doubt: true },
  { what: 'a connection that the provider has forgotten', orders: ['half-open', 'pass'], knows: false, doubt: true },
  { what: 'a request that is lost', orders: ['up lose'], knows: false, doubt: true },
  { what: 'a request that is cut short and held', orders: ['up limit 150'], knows: false, doubt: true },
  { what: 'a reset before the request arrives', orders: ['up reset after 0'], knows: false, doubt: true },
  { what: 'a reset amid the request', orders: ['up reset after 150'], knows: false, doubt: true },
  { what: 'a close amid the request', orders: ['up cut after 150'], knows: false, doubt: true },
  { what: 'a reset before the answer', orders: ['down reset after 0'], knows: true, doubt: true },
  { what: 'a close without an answer', orders: ['down cut after 0'], knows: true, doubt: true },
  { what: 'a reset amid the headers', orders: [`down reset after ${HEADERS}`], knows: true, doubt: true },
  { what: 'a close amid the headers', orders: [`down cut after ${HEADERS}`], knows: true, doubt: true },
  { what: 'a reset amid the body', orders: [`down reset after ${BODY}`], knows: true, doubt: true },
  { what: 'a close amid the body', orders: [`down cut after ${BODY}`], knows: true, doubt: true },
  { what: 'a body that stops', orders: [`down limit ${BODY}`], knows: true, doubt: true },
  { what: 'nobody who listens', orders: ['old reset', 'refuse'], heals: 'again', knows: true, doubt: false },
  { what: 'a request that arrives when it was given up', orders: ['up blackhole'], heals: 'parked', knows: true, doubt: true },
  { what: 'a connection that is held up, and then there', orders: ['old reset', 'down latency 300'], knows: true, doubt: false },
]

// An account whose provider is behind a proxy, over which one message has gone.
async function route(t, fleet, each, i) {
  const proxy = await FaultProxy.start(t, new URL(fleet.sandbox.url).host.replace('localhost', '127.0.0.1'))
  const account = await fleet.json('POST', '/api/whatsapp/accounts', {
    provider: 'cloud', name: each.what, phone_number_id: String(200000000000001 + i), access_token: 'token-of-tests', verify: false,
    base_url: `${proxy.http}/v24.0`, limits: { per_second: 10_000, burst: 10_000, pair_interval_ms: 0, people_per_day: 0 },
  }, 201)
  return { ...each, proxy, account: account.id, to: `+5939000${String(i).padStart(5, '0')}` }
}

async function send(fleet, { account, to }, text) {
  const { id } = await fleet.json('POST', '/api/messages', { to, text, class: 'strict', account }, 202)
  return id
}

const ENDS = ['parked', 'failed', 'sent', 'delivered', 'read']
const steps = ({ timeline }) => timeline.map(({ event }) => event)

test('R8: between a worker and its provider, certain is only a whole answer, or a request of which no byte was written', async (t) => {
  // One process sends, so that the second message of a route goes over the connection that the first one left.
  const fleet = await Fleet.start(t, { sandbox: STATUSES, workers: 0, serving: 50, args: QUICK })
  const routes = await Promise.all(CASES.map((each, i) => route(t, fleet, each, i)))
  const ended = async (ids, ms) => until(async () => {
    const all = await Promise.all(ids.map((id) => fleet.show(id)))
    for (const [i, { proxy, heals }] of routes.entries()) {
      if (heals && steps(all[i]).includes(heals)) await proxy.set('pass')
    }
    return all.every((each, i) => ENDS.includes(each.state) && each.state !== routes[i].heals) && all
  }, ms, 'all have ended')
  await ended(await Promise.all(routes.map((each) => send(fleet, each, 'before'))), 60_000)
  for (const { proxy, orders } of routes) await proxy.set(...orders)
  const shown = await ended(await Promise.all(routes.map((each) => send(fleet, each, 'through it'))), 60_000)

  const posts = await fleet.sandbox.messages('?accepted=true&limit=1000')
  const each = (which) => routes.map((one, i) => `${one.what}: ${which(one, i)}`)
  assert.deepEqual(each((_, i) => steps(shown[i]).includes('unknown')), each(({ doubt }) => doubt), 'in doubt')
  assert.deepEqual(each((_, i) => steps(shown[i]).includes('accepted')), each(({ doubt }) => !doubt), 'a whole answer')
  assert.deepEqual(each((_, i) => shown[i].state === 'parked'), each(({ knows }) => !knows), 'parked')
  assert.deepEqual(each(({ to }) => posts.filter((post) => `+${post.to}` === to).length), each(({ knows }) => (knows ? 2 : 1)), 'taken')
  told(t, { between: 'worker and provider', cases: routes.length, lost: 0, duplicates: 0 })
})
