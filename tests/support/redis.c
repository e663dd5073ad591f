/* SPDX-License-Identifier: MIT */
/* redis.c — redis-server and redis-cli as children. */
#include "support/redis.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/port.h"
#include "support/resp.h"
#include "support/test.h"

enum { ARGS_MAX = 48, TRIES = 1000, TRY_MS = 10 };

/* Runs a program found in PATH; `out`: its stdout, NULL: nowhere.  The pid. */
static pid_t spawn(const char *const argv[], int *out)
{
	int pipes[2];
	pid_t pid;

	if (out)
		WQ_CHECK_INT("pipe", pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	WQ_CHECK("fork", pid >= 0);
	if (pid == 0) {
		int nowhere = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(nowhere, 0);
		dup2(out ? pipes[1] : nowhere, 1);
		dup2(nowhere, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (out) {
		close(pipes[1]);
		*out = pipes[0];
	}
	return pid;
}

static void run(const char *const argv[])
{
	pid_t pid = spawn(argv, NULL);
	int status;

	WQ_CHECK("wait", waitpid(pid, &status, 0) == pid);
	WQ_CHECK(argv[0], WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A file of the server's folder; the last eight stay valid. */
static const char *in(const struct wq_redisd *s, const char *name)
{
	static char paths[8][80];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", s->dir, name);
	return path;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	WQ_CHECK(path, f && fputs(text, f) >= 0);
	fclose(f);
}

static void make_key(const struct wq_redisd *s, const char *key)
{
	run((const char *const[]){ "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
	                           "ec_paramgen_curve:P-256", "-out", in(s, key), NULL });
}

static void make_certificate(const struct wq_redisd *s, const char *name, const char *extensions)
{
	char key[32], request[32], pem[32], config[32], subject[32];

	snprintf(key, sizeof(key), "%s.key", name);
	snprintf(request, sizeof(request), "%s.csr", name);
	snprintf(pem, sizeof(pem), "%s.pem", name);
	snprintf(config, sizeof(config), "%s.ext", name);
	snprintf(subject, sizeof(subject), "/CN=%s", name);
	make_key(s, key);
	write_file(in(s, config), extensions);
	run((const char *const[]){ "openssl", "req", "-new", "-key", in(s, key), "-subj", subject,
	                           "-out", in(s, request), NULL });
	run((const char *const[]){ "openssl", "x509", "-req", "-in", in(s, request), "-CA",
	                           in(s, "ca.pem"), "-CAkey", in(s, "ca.key"), "-CAcreateserial",
	                           "-days", "2", "-extfile", in(s, config), "-out", in(s, pem),
	                           NULL });
}

static void make_certificates(struct wq_redisd *s)
{
	make_key(s, "ca.key");
	run((const char *const[]){ "openssl", "req", "-x509", "-key", in(s, "ca.key"), "-subj",
	                           "/CN=test CA", "-days", "2", "-out", in(s, "ca.pem"), NULL });
	make_certificate(s, "server", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
	make_certificate(s, "client", "extendedKeyUsage=clientAuth\n");
	snprintf(s->ca, sizeof(s->ca), "%s/ca.pem", s->dir);
}

static void configure(const struct wq_redisd *s)
{
	const struct wq_redisd_opts *o = &s->o;
	FILE *f = fopen(in(s, "redis.conf"), "w");

	WQ_CHECK("redis.conf", f);
	fprintf(f,
	        "dir %s\nsave \"\"\nappendonly %s\nappendfsync always\nenable-debug-command yes\n",
	        s->dir, o->appendonly ? "yes" : "no");
	fprintf(f, "bind 127.0.0.1\nport %u\n", o->socket || o->tls ? 0 : s->behind);
	if (o->socket)
		fprintf(f, "unixsocket %s\n", s->socket);
	if (o->tls)
		fprintf(f,
		        "tls-port %u\ntls-cert-file %s\ntls-key-file %s\ntls-ca-cert-file %s\n"
		        "tls-auth-clients optional\n",
		        s->port, in(s, "server.pem"), in(s, "server.key"), s->ca);
	if (o->password)
		fprintf(f, "requirepass %s\n", o->password);
	fputs(o->config ? o->config : "", f);
	WQ_CHECK_INT("redis.conf", fclose(f), 0);
}

void wq_redisd_prepare(struct wq_redisd *s, const struct wq_redisd_opts *o)
{
	static const struct wq_redisd_opts plain;
	char login[64] = "";

	*s = (struct wq_redisd){ .dir = "/tmp/willaq-redis-XXXXXX", .o = o ? *o : plain };
	WQ_CHECK("folder", mkdtemp(s->dir));
	s->port = s->behind = wq_free_port();
	if (getenv("WQ_REDIS_TEE") && !s->o.socket && !s->o.tls && !s->o.password)
		s->behind = wq_free_port();
	snprintf(s->socket, sizeof(s->socket), "%s/redis.sock", s->dir);
	if (s->o.password)
		snprintf(login, sizeof(login), ":%s@", s->o.password);
	if (s->o.socket)
		snprintf(s->url, sizeof(s->url), "unix://%s%s", login, s->socket);
	else
		snprintf(s->url, sizeof(s->url), "%s://%s127.0.0.1:%u",
		         s->o.tls ? "rediss" : "redis", login, s->port);
	if (s->o.tls)
		make_certificates(s);
	configure(s);
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static void spawn_server(struct wq_redisd *s)
{
	s->pid = spawn((const char *const[]){ "redis-server", in(s, "redis.conf"), NULL }, NULL);
}

/* The server's clock is where the one in between puts it. */
static void spawn_behind(struct wq_redisd *s)
{
	char port[8], behind[8];
	const char *clock = in(s, "clock");
	int fd = open(clock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	WQ_CHECK("clock", fd >= 0 && ftruncate(fd, sizeof(uint64_t)) == 0);
	close(fd);
	setenv("WQ_TOLD_CLOCK", clock, 1);
	setenv("LD_PRELOAD", getenv("WQ_TOLD_CLOCK_SO"), 1);
	spawn_server(s);
	unsetenv("LD_PRELOAD");
	snprintf(port, sizeof(port), "%u", s->port);
	snprintf(behind, sizeof(behind), "%u", s->behind);
	if (s->tee == 0)
		s->tee = spawn((const char *const[]){ getenv("WQ_REDIS_TEE"), port, behind, clock,
		                                      NULL },
		               NULL);
}

/* It compares what is left on both sides, and says by its status whether all was the same. */
static void end_tee(struct wq_redisd *s)
{
	int status = 0;

	if (s->tee == 0)
		return;
	kill(s->tee, SIGTERM);
	waitpid(s->tee, &status, 0);
	s->tee = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		print_error("the simulated Redis answers another thing\n");
		_exit(1); /* behind the last test no check would count */
	}
}

/* False: it ended by itself; its configuration was wrong, or its port taken. */
static bool stays(struct wq_redisd *s)
{
	if (waitpid(s->pid, NULL, WNOHANG) == 0)
		return true;
	s->pid = 0;
	return false;
}

void wq_redisd_run(struct wq_redisd *s)
{
	const char *answer = "";

	if (s->behind == s->port)
		spawn_server(s);
	else
		spawn_behind(s);
	for (int tries = 0; tries < TRIES; tries++) {
		answer = wq_redisd_ask(s, "PING");
		if (strstr(answer, "PONG"))
			return;
		WQ_CHECK("redis-server stays", stays(s));
		pause_ms(TRY_MS);
	}
	WQ_CHECK_STR("redis-server answers", answer, "PONG");
}

void wq_redisd_start(struct wq_redisd *s, const struct wq_redisd_opts *o)
{
	wq_redisd_prepare(s, o);
	wq_redisd_run(s);
}

void wq_redisd_signal(struct wq_redisd *s, int signum)
{
	WQ_CHECK("running", s->pid > 0);
	kill(s->pid, signum);
}

void wq_redisd_kill(struct wq_redisd *s)
{
	if (s->pid == 0)
		return;
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
}

void wq_redisd_stop(struct wq_redisd *s)
{
	end_tee(s);
	wq_redisd_kill(s);
	if (strncmp(s->dir, "/tmp/willaq-redis-", 18) == 0)
		run((const char *const[]){ "rm", "-r", "-f", s->dir, NULL });
	s->dir[0] = '\0';
}

static size_t where(const struct wq_redisd *s, const char **argv)
{
	static char port[8];
	size_t n = 0;

	snprintf(port, sizeof(port), "%u", s->port);
	argv[n++] = "redis-cli";
	argv[n++] = s->o.socket ? "-s" : "-p";
	argv[n++] = s->o.socket ? s->socket : port;
	if (s->o.tls) {
		argv[n++] = "--tls";
		argv[n++] = "--cacert";
		argv[n++] = s->ca;
	}
	if (s->o.password) {
		argv[n++] = "--no-auth-warning";
		argv[n++] = "-a";
		argv[n++] = s->o.password;
	}
	return n;
}

const char *wq_redisd_ask(struct wq_redisd *s, const char *command)
{
	static char answer[65536];
	static char words[1024];
	const char *argv[ARGS_MAX];
	size_t n = where(s, argv), got = 0;
	ssize_t more;
	char *rest = words, *word;
	pid_t pid;
	int fd;

	if (!s->o.socket && !s->o.tls && !s->o.password) { /* a process costs more than what is tested */
		wq_resp_ask(s->port, command, answer, sizeof(answer));
		return answer;
	}
	snprintf(words, sizeof(words), "%s", command);
	while ((word = strsep(&rest, " ")) && n < ARGS_MAX - 1)
		argv[n++] = word;
	argv[n] = NULL;
	pid = spawn(argv, &fd);
	while ((more = read(fd, answer + got, sizeof(answer) - 1 - got)) > 0)
		got += (size_t)more;
	close(fd);
	waitpid(pid, NULL, 0);
	while (got > 0 && answer[got - 1] == '\n')
		got--;
	answer[got] = '\0';
	return answer;
}
