// SPDX-License-Identifier: MIT
// rows.mjs — the fault table: what is done to willaq, what must hold all the same, and how the campaign runs it.
//
// A row's tests are those of tests/*/*.test.mjs that name it in their title, and of `programs` (cmocka) those that `named`
// matches; each prints `fault Rn {…}` with what it did and found.  Besides:
//   fuzz     its tests are the fuzzers             env      for the long form, beside WILLAQ_LONG=1
//   minutes  what the long form takes; it is ended after three times that and a minute
//   fewer    what is less than the table's, and why    due      what there is no test for yet
const SWEEPS = ['block', 'client_fault', 'client_tls', 'dead_letters', 'dead_one', 'due', 'media_sweep', 'pending_send', 'producer_faults',
  'push_fault', 'receive_sweep', 'redis_follow', 'redis_hostile', 'sandbox', 'scheduler_sweep', 'send_faults', 'send_sweep', 'sequence_sweep',
  'server_limits', 'server_pieces', 'server_stream', 'sink', 'submit', 'subscription_fault', 'webhook_sweep', 'worker_sweep']

export const rows = [
  { id: 'R1', what: 'kill -9 of the sink, 200 times, 5,000 webhooks/s', holds: 'nothing answered 200 is lost; one job per message id', minutes: 6 },
  { id: 'R2', what: 'kill -9 of the worker, 200 times, 500 jobs in flight', minutes: 12,
    holds: 'nothing lost; resumed within 4 s; re-runs at most what was in flight' },
  { id: 'R3', what: 'kill -9 of the worker while it sends, provider latency 0-2 s', minutes: 12,
    holds: 'no second POST in the strict class; every job ends sent, confirmed, rejected or parked' },
  { id: 'R4', what: 'kill -9 of Redis, 50 times, AOF always', holds: 'nothing acknowledged lost, no second POST', minutes: 6 },
  { id: 'R5', what: 'Redis everysec with its last second cut off; failover to a lagging replica', minutes: 2,
    holds: 'the loss is detected and reported; no second POST in strict mode' },
  { id: 'R6', what: 'provider: 1 % reset after the request, 1 % before, 1 % 5xx after accepting, 1 % hang then accept, keep-alive closed under us, a worker killed every 5 s',
    holds: 'strict: no duplicate, nothing silently lost; otherwise at most 10 per million', minutes: 12,
    fewer: '60,000 sends: of so many a second that the sandbox can tell all their statuses, a million would take two hours' },
  { id: 'R7', what: 'a worker stopped (SIGSTOP) for 10, 35, 90 s and continued', holds: 'no POST after its lease; its finish is refused', minutes: 5 },
  { id: 'R8', what: 'Redis unreachable 1, 5, 60 s, each direction, half open, reset mid-reply, one byte at a time', minutes: 24,
    holds: 'no hang over 5 s after healing; sink answers 503, never 200' },
  { id: 'R9', what: 'marker deleted at random while jobs wait, 1,000 times', holds: 'each job starts within 2 s', minutes: 2 },
  { id: 'R10', what: 'provider 429, 130429, 131056, 80007 for some of 20 accounts', minutes: 7,
    holds: 'those at 98-100 % of their limit, p99 of the others within 10 %' },
  { id: 'R11', what: 'answers: 40 hostile ones (never ending, huge header, gzip bomb, bad UTF-8, 204, 100-continue…)', minutes: 1,
    holds: 'the right verdict each, bounded memory' },
  { id: 'R12', what: 'disk full under AOF; maxmemory with noeviction; Redis started with an evicting policy', minutes: 5,
    holds: '503 and alert; 503; refuses to start' },
  { id: 'R13', what: 'the n-th allocation fails, for every n, over the flows', holds: 'no crash, no leak, nothing acknowledged lost', minutes: 6,
    programs: SWEEPS.map((name) => `flow-${name}`), named: /memory|alloc|fault|sweep|fail/ },
  { id: 'R14', what: 'clock jumps of ± 1 h, ± 30 days', minutes: 1,
    holds: 'leases by the monotonic clock; nothing early by more than 1 s, nothing stuck',
    programs: ['flow-due', 'flow-send_clock', 'flow-sequence_clock', 'flow-ledger', 'flow-worker_clock'], named: /clock|month|ahead|jump/ },
  { id: 'R15', what: 'fuzzing: HTTP, replies, webhook JSON, settings, signatures, cron, templates', fuzz: true, minutes: 245,
    holds: '10 million runs each without a finding; corpora kept' },
  { id: 'R16', what: '48 request-smuggling vectors, whole and split at every byte', holds: 'refused, or read the same in every split', minutes: 1,
    programs: ['flow-server'], named: /smuggling/ },
  { id: 'R17', what: '10,000 slow connections; 100,000 connects and resets', minutes: 5,
    holds: 'real traffic p99 within 2x; descriptors and memory flat',
    fewer: '2,000 resets a second, which leave the server its core; a p99 below 5 ms counts as quick' },
  { id: 'R18', what: '10,000 forged signatures; timing of a million comparisons', holds: 'none accepted; no leak', minutes: 2 },
  { id: 'R19', what: 'BullMQ 5.x and 6.x workers and ours on one queue, 200,000 jobs, kills', minutes: 45, env: { COMPAT_SOAK_JOBS: '200000' },
    holds: 'nothing lost, all readable by both, stalled jobs recovered both ways' },
  { id: 'R20', what: 'SIGTERM under load, 200 times', holds: 'nothing lost, nothing run twice, exit in time', minutes: 30 },
  { id: 'R21', what: '60 SSRF addresses in media and subscriber URLs (decimal, octal, mapped, rebinding, redirect)', minutes: 1,
    holds: 'all refused at connect', programs: ['flow-client_guard', 'flow-media_guard'], named: /./ },
  { id: 'R22', what: 'dashboard: 200 script-bearing strings as names and texts; cross-site posts', minutes: 1,
    holds: 'none runs, none changes anything', due: 'the dashboard itself: what a browser makes of them' },
  { id: 'R23', what: 'SCRIPT FLUSH mid-run, BUSY, LOADING, READONLY, MISCONF, MAXCLIENTS', minutes: 2,
    holds: 'wait, retry or reload; nothing lost, no 200' },
  { id: 'R24', what: 'one hour under load', holds: 'memory slope flat, descriptors flat, streams bounded', minutes: 65 },
]
