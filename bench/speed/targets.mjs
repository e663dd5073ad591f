// SPDX-License-Identifier: MIT
// targets.mjs — the Speed table: what is to be reached, and which figures of which row say whether it is.
//
// `values` takes what a row wrote to its JSON and gives one figure of each pair, or none when the row has no such part.
// Kinds: times and less count how often as fast, or as cheap, as the peer (less is shown as 1/7); cost is a ratio where 1 is
// nothing on top; the others are figures in that unit.  Of times and less more is better, of all others less.

const pairs = (data, which, ratio) => (data.results.find(which)?.pairs ?? []).map(ratio)
const perSecond = ({ a, b }) => a.perSecond / b.perSecond
const cpu = ({ a, b }) => (b.sinkUs + b.redisUs) / (a.sinkUs + a.redisUs)
const latency = (key) => (data) => data.pairs.map(({ a }) => a[key])
const due = (data) => (data.sides?.willaq.pairs ?? data.pairs).map(({ a, b }) => b.redisUs / a.redisUs)
const major = (version) => Number(version.split('.')[0])

const WEBHOOKS = { 'no AOF': { least: 8, hoped: 10 }, everysec: { least: 5.5, hoped: 7 }, always: { least: 4, hoped: 6 } }

const webhook = (aof, connections) => (each) => each.peer === 'node-add-5' && each.aof === aof && each.connections === connections

const webhooks = Object.entries(WEBHOOKS).flatMap(([aof, bounds]) => [50, 200].map((connections) => ({
  id: 'P1', what: `webhooks/s, ${aof}, ${connections} connections`, row: 'webhook', kind: 'times', ...bounds, chart: connections === 50,
  values: (data) => pairs(data, webhook(aof, connections), perSecond),
})))

const webhookCpu = Object.keys(WEBHOOKS).flatMap((aof) => [50, 200].map((connections) => ({
  id: 'P2', what: `CPU of sink and Redis per webhook, ${aof}, ${connections} connections`, row: 'webhook', kind: 'less', least: 7, hoped: 8,
  chart: aof === 'everysec' && connections === 50, values: (data) => pairs(data, webhook(aof, connections), cpu),
})))

const noops = [5, 6].map((n) => ({
  id: 'P4', what: `no-op jobs/s beside BullMQ ${n}`, row: 'queue-noop', kind: 'times', least: 6, hoped: 8, chart: true,
  values: (data) => pairs(data, (each) => major(each.version) === n, perSecond),
}))

const held = [{ at: 1, what: '10,000', least: 1.3, hoped: 1.1 }, { at: 2, what: '50,000', least: 2 }].map(({ at, what, ...bounds }) => ({
  id: 'P6', what: `cost of a finish, ${what} in flight to 50`, row: 'queue-held', kind: 'cost', ...bounds,
  values: ({ sides, settings }) => sides.willaq.map((run) => run[settings.in_flight[at]].redisUs / run[settings.in_flight[0]].redisUs),
}))

const adds = [5, 6].flatMap((n) => ['one', 'concurrent', 'bulk'].map((mode) => ({
  id: 'P7', what: `adds/s, ${mode === 'one' ? 'one at a time' : mode}, beside BullMQ ${n}`, row: 'queue-add', kind: 'times', least: 4, hoped: 6, chart: n === 5,
  values: (data) => pairs(data, (each) => each.mode === mode && major(each.version) === n, perSecond),
})))

const SENDS = { agent: { name: 'http.Agent', least: 2.7, hoped: 6 }, fetch: { name: 'fetch', least: 15, hoped: 35 } }
const sends = Object.entries(SENDS).flatMap(([how, { name, ...bounds }]) => [0, 50, 500].flatMap((latencyMs) => [100, 1000].map((inFlight) => ({
  id: 'P8', what: `CPU per send beside ${name}, ${latencyMs} ms, ${inFlight} in flight`, row: 'send', kind: 'less', ...bounds, chart: latencyMs === 50 && inFlight === 1000,
  values: (data) => (data.results.find((each) => each.latencyMs === latencyMs && each.inFlight === inFlight)?.rounds ?? []).map((round) => round[how].cpuUs / round.willaq.cpuUs),
}))))

const dues = Object.entries({ 'queue-due': 'delayed job', 'sequence-due': 'sequence step', windows: 'window' }).map(([row, what]) => ({
  id: 'P9', what: `cost of a due ${what}, 1,000,000 waiting to 10,000`, row, kind: 'cost', least: 1.15, hoped: 1.05, values: due,
}))

// Where a side never came to hold so many there is no figure, rather than a good one.
const sendMemory = ['agent', 'fetch'].map((how) => ({
  id: 'P10', what: `memory with 10,000 sends in flight beside ${SENDS[how].name}`, row: 'send-held', kind: 'less', least: 8, chart: how === 'agent',
  values: ({ sides }) => Object.entries(sides).filter(([side, run]) => side.startsWith(how) && run.held).map(([, run]) => run.held / sides.willaq.held),
}))

const jobMemory = [5, 6].map((n) => ({
  id: 'P10', what: `memory with 10,000 jobs in flight beside BullMQ ${n}`, row: 'queue-held', kind: 'less', least: 8,
  values: ({ sides, settings }) => {
    const at = settings.in_flight[1]
    return sides[`bullmq${n}`].filter((run) => run[at]).map((run, i) => run[at].rss / sides.willaq[i][at].rss)
  },
}))

const memory = [5, 6].flatMap((n) => [200, 700].flatMap((payload) => [
  { what: `bytes of Redis per waiting job of ${payload} bytes beside BullMQ ${n}, both with our settings`, ratio: (each) => each.config === 'ours' && each.ratio },
  { what: `the same, BullMQ on a Redis as installed`, ratio: (each) => each.config === 'ours' && each.ratio_to_default },
].map(({ what, ratio }) => ({
  id: 'P11', what, row: 'queue-memory', kind: 'cost', least: 0.45, hoped: 0.35,
  values: (data) => data.results.filter((each) => each.payload === payload && major(each.version) === n).map(ratio).filter(Boolean),
}))))

export const TARGETS = [
  ...webhooks,
  ...webhookCpu,
  { id: 'P3', what: 'p99 of a webhook at 3,300/s beside Node', row: 'webhook-latency', kind: 'less', least: 6, chart: true, values: (data) => data.pairs.map(({ a, b }) => b.p99 / a.p99) },
  { id: 'P3', what: 'p99 of a webhook at 3,300/s', row: 'webhook-latency', kind: 'ms', least: 2, hoped: 1, values: latency('p99') },
  ...noops,
  { id: 'P5', what: 'Redis CPU per job beside its commands, raw', row: 'queue-raw', kind: 'cost', least: 1.5, hoped: 1.25, values: (data) => data.sides.willaq.runs.map((run) => run.total / run.raw) },
  ...held,
  ...adds,
  ...sends,
  ...dues,
  { id: 'P10', what: 'memory of an idle server', row: 'start', kind: 'MB', least: 12, hoped: 8, values: (data) => [data.serve.rss / 1e6] },
  ...jobMemory,
  ...sendMemory,
  { id: 'P10', what: 'user memory per idle connection', row: 'idle', kind: 'bytes', least: 450, values: (data) => [data.willaq.bytes] },
  ...memory,
  { id: 'P12', what: 'longest script, 100,000 jobs due at once', row: 'queue-pause', kind: 'ms', least: 1, hoped: 0.5, values: (data) => data.sides.willaq.map((run) => run.longest_us / 1000) },
  { id: 'P12', what: 'longest script, 10,000 windows that close', row: 'windows', kind: 'ms', least: 1, hoped: 0.5, values: (data) => data.pairs.flatMap(({ a, b }) => [a.longest_us, b.longest_us].map((us) => us / 1000)) },
]
