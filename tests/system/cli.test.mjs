// SPDX-License-Identifier: MIT
// cli.test.mjs — the command line as people and scripts meet it.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BIN, ROOT, run, scratch } from './support.mjs'

const COMMANDS = ['config', 'help', 'version']

// Settings by name, from JSON.
async function config(args, opts) {
  const { code, stdout, stderr } = await run(['config', '--json', ...args], opts)
  assert.equal(code, 0, stderr)
  return Object.fromEntries(JSON.parse(stdout).map((s) => [s.name, s]))
}

test('version', async () => {
  for (const args of [['version'], ['--version'], ['-V']]) {
    const { code, stdout, stderr } = await run(args)
    assert.equal(code, 0)
    assert.match(stdout, /^willaq \d+\.\d+\.\d+\n$/)
    assert.equal(stderr, '')
  }
  assert.match(JSON.parse((await run(['version', '--json'])).stdout).version, /^\d+\.\d+\.\d+$/)
})

test('version and help read no settings', async () => {
  for (const args of [['version'], ['help'], ['help', 'config']])
    assert.equal((await run(args, { env: { WILLAQ_NONSENSE: '1', WILLAQ_PORT: 'x' } })).code, 0)
})

test('help names every command and each tells what it takes', async () => {
  const all = (await run(['help'])).stdout
  assert.equal((await run(['--help'])).stdout, all)
  assert.equal((await run(['-h'])).stdout, all)
  for (const name of COMMANDS) assert.match(all, new RegExp(`^  ${name} `, 'm'))
  for (const [, name] of all.matchAll(/^  ([a-z]+) /gm)) {
    const help = await run(['help', name])
    assert.equal(help.code, 0)
    assert.match(help.stdout, new RegExp(`^usage: willaq ${name} `, 'm'))
    for (const flag of ['--help', '-h']) assert.equal((await run([name, flag])).stdout, help.stdout)
  }
})

test('help of a command has each setting with its default and variables', async () => {
  const { stdout } = await run(['help', 'config'])
  assert.match(stdout, /--port PORT\n.*\n +default 8780; WILLAQ_PORT, PORT\n/)
  assert.match(stdout, /--log-level error\|warn\|info\|debug\|trace\n.*\n +default info; WILLAQ_LOG_LEVEL, LOG_LEVEL\n/)
  assert.match(stdout, /WILLAQ_WEBHOOK_SECRET, .*_FILE/)
})

test('help comes before any complaint', async () => {
  const { code, stdout, stderr } = await run(['config', '--nonsense', '--port', 'x', '--help'])
  assert.equal(code, 0)
  assert.match(stdout, /^usage:/m)
  assert.equal(stderr, '')
})

test('no command is a usage error', async () => {
  const { code, stdout, stderr } = await run([])
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /usage: willaq COMMAND/)
})

for (const [what, args, env, want] of [
  ['command', ['confg'], {}, /unknown command "confg"; did you mean config\?/],
  ['command in help', ['help', 'versoin'], {}, /unknown command "versoin"; did you mean version\?/],
  ['command unlike any', ['xyzzyxyzzy'], {}, /unknown command "xyzzyxyzzy"\n/],
  ['flag', ['config', '--prot', '1'], {}, /unknown flag "--prot"; did you mean --port\?/],
  ['flag with a value', ['config', '--redis-ulr=redis://:hunter2@h'], {}, /unknown flag "--redis-ulr"; did you mean --redis-url\?/],
  ['flag with one dash', ['config', '-port', '1'], {}, /unknown flag "-port"; did you mean --port\?/],
  ['flag half written', ['config', '--reuse'], {}, /did you mean --reuse-port\?/],
  ['flag before the command', ['--port', '1', 'config'], {}, /the command comes first/],
  ['variable', ['config'], { WILLAQ_REDIS_ULR: 'hunter2' }, /unknown setting "WILLAQ_REDIS_ULR"; did you mean WILLAQ_REDIS_URL\?/],
  ['variable without our prefix', ['config'], { WILLAQ_REDIS_HOST: 'h' }, /did you mean REDIS_HOST\?/],
  ['argument', ['config', 'more'], {}, /config takes no arguments/],
  ['setting of another command', ['version', '--port', '1'], {}, /version does not take the flag --port; it belongs to .*config/],
  ['value', ['config', '--port', '65536'], {}, /setting port: "65536" \(from --port\) is not a port from 0 to 65535/],
  ['value of a variable', ['config'], { PORT: 'abc' }, /setting port: "abc" \(from env PORT\) is not a port/],
  ['value missing', ['config', '--port'], {}, /--port needs a value/],
  ['value swallowed', ['config', '--host', '--port', '1'], {}, /--host needs a value/],
  ['value of a switch', ['config', '--reuse-port=maybe'], {}, /setting reuse-port: "maybe" \(from --reuse-port\) is not true or false/],
  ['terminal bytes', ['config', '--log-level', '\x1b[2Jx'], {}, /"\\x1b\[2Jx" \(from --log-level\) is not error, warn, info, debug or trace/],
])
  test(`wrong ${what}: exit 2, nothing on stdout`, async () => {
    const { code, stdout, stderr } = await run(args, { env })
    assert.match(stderr, want)
    assert.doesNotMatch(stderr, /hunter2|\x1b/)
    assert.equal(stdout, '')
    assert.equal(code, 2)
  })

test('everything that is wrong is told at once, within a bound', async () => {
  const env = { WILLAQ_HEAD_MAX: '1', PORT: 'x' }
  const few = await run(['config', '--prot', '1', '--fail', '101'], { env })
  for (const want of [/--prot/, /setting fail/, /setting head-max/, /setting port/]) assert.match(few.stderr, want)
  for (let i = 0; i < 50; i++) env[`WILLAQ_ZZZ${i}`] = '1'
  const many = await run(['config'], { env })
  assert.equal(many.code, 2)
  assert.match(many.stderr, /and \d+ more/)
  assert.ok(many.stderr.split('\n').length < 30)
})

test('precedence: flag, environment, .env, default', async (t) => {
  const cwd = scratch(t)
  writeFileSync(join(cwd, '.env'), 'PORT=3\nWILLAQ_HOST=0.0.0.0\nLOG_FORMAT=json\nOTHER_PROGRAM=x\n')
  const env = { PORT: '2', WILLAQ_HOST: '' }
  const all = await config(['--port', '1'], { cwd, env })
  assert.deepEqual(all.port, { name: 'port', value: 1, source: '--port' })
  assert.deepEqual((await config([], { cwd, env })).port, { name: 'port', value: 2, source: 'env PORT' })
  assert.deepEqual((await config([], { cwd })).port, { name: 'port', value: 3, source: '.env:1' })
  assert.deepEqual(all.host, { name: 'host', value: '0.0.0.0', source: '.env:2' })
  assert.equal(all['log-format'].value, 'json')
  assert.deepEqual(all['idle-timeout'], { name: 'idle-timeout', value: '75s', source: 'default' })
})

test('.env: named, missing, broken, a folder', async (t) => {
  const cwd = scratch(t)
  writeFileSync(join(cwd, 'other'), 'PORT=7\n')
  assert.equal((await config(['--env-file', 'other'], { cwd })).port.source, 'other:1')
  assert.equal((await config([], { cwd, env: { WILLAQ_ENV_FILE: 'other' } })).port.value, 7)
  const missing = await run(['config', '--env-file', 'none'], { cwd })
  assert.equal(missing.code, 2)
  assert.match(missing.stderr, /cannot read "none" \(from --env-file\): No such file/)
  mkdirSync(join(cwd, '.env')) // a Python environment is called that
  assert.equal((await run(['config'], { cwd })).code, 0)
  writeFileSync(join(cwd, 'bad'), 'PORT=1\nhunter2\nWILLAQ_PROT=1\nPORT=x\n')
  const bad = await run(['config', '--env-file=bad'], { cwd })
  assert.equal(bad.code, 2)
  assert.match(bad.stderr, /bad:2: a line is NAME=value/)
  assert.match(bad.stderr, /bad:3: unknown setting "WILLAQ_PROT"; did you mean WILLAQ_PORT\?/)
  assert.match(bad.stderr, /setting port: "x" \(from bad:4\) is not a port/)
  assert.doesNotMatch(bad.stderr, /hunter2/)
})

test('secrets are shown by nobody', async (t) => {
  const cwd = scratch(t)
  writeFileSync(join(cwd, 'secret'), 'hunter2\n')
  writeFileSync(join(cwd, '.env'), 'WEBHOOK_VERIFY_TOKEN=hunter2\n')
  const env = {
    WEBHOOK_SECRET_FILE: 'secret',
    REDIS_URL: 'rediss://me:hunter2@redis.example:6380/1',
    HTTPS_PROXY: 'http://me:hunter2@proxy.example:3128',
    WILLAQ_WEBHOOK: 'http://127.0.0.1:1/hook?token=hunter2',
  }
  for (const args of [['config'], ['config', '--json'], ['config', '--markdown'], ['help', 'config']]) {
    const { code, stdout, stderr } = await run(args, { cwd, env })
    assert.equal(code, 0, stderr)
    assert.doesNotMatch(stdout + stderr, /hunter2/)
  }
  const all = await config([], { cwd, env })
  assert.deepEqual(all['webhook-secret'], { name: 'webhook-secret', value: '***', source: 'env WEBHOOK_SECRET_FILE' })
  assert.equal(all['webhook-verify-token'].value, '***')
  assert.equal(all['redis-url'].value, 'rediss://***@redis.example:6380/1')
  assert.equal(all['https-proxy'].value, 'http://***@proxy.example:3128')
  assert.equal(all.webhook.value, 'http://127.0.0.1:1/hook?***')
  for (const url of ['redis://:hunter2@', 'redis://:hun ter2@h', 'mysql://me:hunter2@h', 'me:hunter2@h', 'redis://:12/hunter2@h:1']) {
    const { stdout, stderr } = await run(['config'], { cwd, env: { REDIS_URL: url } })
    assert.doesNotMatch(stdout + stderr, /hun ?ter2/)
  }
})

test('a secret from a file that is not there', async (t) => {
  const cwd = scratch(t)
  const { code, stderr } = await run(['config'], { cwd, env: { WEBHOOK_SECRET_FILE: 'nowhere' } })
  assert.equal(code, 2)
  assert.match(stderr, /WEBHOOK_SECRET: cannot read "nowhere" \(from env WEBHOOK_SECRET_FILE\): No such file or directory/)
  writeFileSync(join(cwd, 'huge'), 'x'.repeat(20000))
  writeFileSync(join(cwd, 'empty'), '\n')
  for (const [file, why] of [['huge', /File too large/], ['empty', /it is empty/], ['.', /Is a directory/]])
    assert.match((await run(['config'], { cwd, env: { WEBHOOK_SECRET_FILE: file } })).stderr, why)
})

test('what an orchestrator sets by itself is no typing error', async () => {
  const env = {
    WILLAQ_PORT: 'tcp://10.0.0.1:8780',
    WILLAQ_SERVICE_HOST: '10.0.0.1',
    WILLAQ_SERVICE_PORT: '8780',
    WILLAQ_SERVICE_PORT_HTTP: '8780',
    WILLAQ_PORT_8780_TCP: 'tcp://10.0.0.1:8780',
    WILLAQ_PORT_8780_TCP_ADDR: '10.0.0.1',
    REDIS_HOST: 'redis',
    REDIS_PORT: 'tcp://10.0.0.2:6379',
  }
  const all = await config([], { env })
  assert.equal(all.port.source, 'default')
  assert.equal(all['redis-url'].value, 'redis://redis:6379')
})

test('config as text', async () => {
  const { code, stdout } = await run(['config', '--port=99'], { env: { LOG_LEVEL: 'debug' } })
  assert.equal(code, 0)
  assert.match(stdout, /^SETTING +VALUE +FROM\n/)
  assert.match(stdout, /^port +99 +--port$/m)
  assert.match(stdout, /^log-level +debug +env LOG_LEVEL$/m)
  assert.match(stdout, /^webhook-secret +- +default$/m)
  assert.doesNotMatch(stdout, /\x1b/) // no terminal, no colours
})

test('a full disk behind stdout is a failure', async () => {
  const { code, stderr } = await run(['-c', '"$0" config >/dev/full', BIN], {
    bin: '/bin/sh',
  })
  assert.equal(code, 1)
  assert.match(stderr, /could not be written/)
})

for (const [name, option] of [['docs/settings.md', '--markdown'], ['docs/verdicts.md', '--verdicts-markdown']]) {
  test(`${name} is what the program prints`, async () => {
    const { code, stdout } = await run(['config', option])
    assert.equal(code, 0)
    const want = stdout.split('\n')
    const page = readFileSync(join(ROOT, name), 'utf8').split('\n')
    const line = page.findIndex((text, i) => text !== want[i])
    assert.equal(page[line], want[line], `line ${line + 1}; write it anew: willaq config ${option} >${name}`)
    assert.equal(page.length, want.length)
  })
}
