/* SPDX-License-Identifier: MIT */
#pragma once
/* limits.h — every bound that is not a setting, with its unit in its name.
 *
 * A bound that people may want to move is a setting instead, in app/settings/table.c.
 */

/* log: at most PIPE_BUF, so that a line leaves in one piece */
#define WQ_LOG_LINE_MAX_BYTES   4096
#define WQ_LOG_LINES_PER_SECOND 2000

/* time zones */
#define WQ_ZONE_NAME_MAX_BYTES 64
#define WQ_ZONE_FILE_MAX_BYTES 65536
#define WQ_ZONE_READ_BYTES     4096 /* one read */
#define WQ_ZONE_CHANGES_MAX    4096 /* listed in one file */
#define WQ_ZONE_KINDS_MAX      64   /* offsets of one zone */
#define WQ_ZONE_OFFSET_MAX_S   93600
#define WQ_ZONE_ENTRIES_MAX    4096 /* names that a search for the nearest looks at */
#define WQ_ZONES_MAX           16   /* kept open */

/* JSON */
#define WQ_JSON_POOL_FIRST_BYTES 16384
#define WQ_JSON_POOL_KEEP_BYTES  262144 /* kept between documents */
#define WQ_JSON_POOL_DEPTH_MAX   64

/* schedules */
#define WQ_CRON_MAX_BYTES 1024  /* of a pattern */
#define WQ_SCHEDULERS_PAGE_MAX 1000 /* records read by one call */
#define WQ_SCHEDULER_ID_MAX_BYTES 1024
#define WQ_SCHEDULER_RULE_MAX_BYTES 16384 /* JSON of pattern, zone and numbers */
#define WQ_FOLLOW_BATCH_MAX 500 /* successors made by one call */
#define WQ_CRON_STEPS_MAX 10000 /* of a search for the next moment; what both versions of cron-parser take */

/* loop */
#define WQ_CHILD_LINE_MAX_BYTES 1024 /* of a line that a child process prints */
#define WQ_LOOP_SLOW_TURN_US 50000 /* a turn that takes longer is counted as a stall */

/* server */
#define WQ_SERVER_READ_BYTES       65536 /* one read, into a buffer that all connections share */
#define WQ_SERVER_HEADERS_MAX      100   /* header lines of one request */
#define WQ_SERVER_TARGET_MAX_BYTES 8192  /* path and query */
#define WQ_SERVER_PIPELINE_MAX_BYTES \
	65536 /* bytes kept of requests behind the one being answered */
#define WQ_SERVER_OUT_MAX_BYTES    67108864 /* bytes of one connection that wait to be written */
#define WQ_SERVER_SPARE_EXCHANGES  256      /* request structs kept for reuse */
#define WQ_SERVER_LISTENERS_MAX    8
#define WQ_SERVER_ACCEPTS_PER_TURN 64
#define WQ_SERVER_ACCEPT_RETRY_MS  100      /* out of descriptors: accepting is tried again */
#define WQ_SERVER_TRAILERS_MAX_BYTES 4096   /* trailer lines behind a chunked body; dropped */
#define WQ_SERVER_UNSENT_HIGH_BYTES 65536   /* answers that wait: no further request is begun */
#define WQ_SERVER_REPLY_HEADERS_MAX_BYTES 16384 /* added by a handler */
#define WQ_SERVER_ARENA_MAX_BYTES  16777216 /* a handler's memory for one exchange */
#define WQ_SERVER_LINGER_MS        3000     /* after the last answer, until the peer closes */
#define WQ_SERVER_LINGER_MAX_BYTES 67108864 /* thrown away meanwhile */
#define WQ_ROUTE_PARAMS_MAX        6
#define WQ_ROUTE_SEGMENTS_MAX      16
#define WQ_SSE_COMMENT_MS          15000 /* without one a proxy takes the line for dead */
#define WQ_SSE_UNSENT_MAX_BYTES    1048576 /* a peer further behind is too slow */
#define WQ_SSE_EVENT_MAX_BYTES     262144 /* one event of a stream */

/* names */
#define WQ_DNS_CACHE_ENTRIES   256
#define WQ_DNS_ADDRESSES_MAX   8
#define WQ_DNS_NAME_MAX_BYTES  253
#define WQ_DNS_TTL_MIN_SECONDS 5
#define WQ_DNS_TTL_MAX_SECONDS 300
#define WQ_DNS_NEGATIVE_SECONDS 1   /* how long a failure is believed */
#define WQ_DNS_QUESTIONS_MAX    256 /* queries in flight */
#define WQ_DNS_TRY_MS           1000
#define WQ_DNS_TRIES            3 /* each waits twice as long as the one before */

/* client */
#define WQ_CLIENT_HEADERS_MAX   32
#define WQ_CLIENT_URL_MAX_BYTES 4096
#define WQ_CLIENT_HEAD_MAX_BYTES     65536 /* header lines of one answer, interim ones included */
#define WQ_CLIENT_RETRY_AFTER_MAX_MS 604800000 /* 7 days: a peer that asks for more is not believed */
#define WQ_CLIENT_HOSTS_MAX          512   /* names told to curl and not in use */
#define WQ_CLIENT_SPARE_HANDLES      256   /* easy handles kept for reuse, of each pool */
#define WQ_CLIENT_IDLE_MAX_SECONDS   55    /* most servers close after 60: we do not race them */
#define WQ_CLIENT_KEEPALIVE_SECONDS  30    /* quiet time before TCP asks; it asks 3 times, 10 s apart */
#define WQ_CLIENT_USER_TIMEOUT_MS    60000 /* that nobody acknowledged what TCP sent, its three questions among it */
#define WQ_CLIENT_READ_BYTES         1024  /* one read: most answers are small, and each call in flight holds it */
#define WQ_CLIENT_STREAM_BYTES       65536 /* the same for a body that is taken piece by piece */
#define WQ_CLIENT_LITERAL_BYTES      256   /* what curl allocates for a literal address, and more */
#define WQ_CLIENT_ONE_WRITE_BYTES    65536 /* a request of that size leaves at once */

/* redis */
#define WQ_REDIS_ARGS_MAX              32768 /* arguments of one command */
#define WQ_REDIS_REPLY_ERROR_MAX_BYTES 256   /* what we keep of an error's text */
#define WQ_REDIS_URL_MAX_BYTES         1024
#define WQ_REDIS_NAME_MAX_BYTES        767      /* CLIENT SETNAME */
#define WQ_REDIS_LABEL_MAX_BYTES       64       /* of a name, in metrics */
#define WQ_REDIS_REPLY_MAX_BYTES       67108864 /* one reply: on the wire, and as values */
#define WQ_REDIS_REPLY_ELEMENTS_MAX    1048576  /* of one array */
#define WQ_REDIS_REPLY_DEPTH_MAX       16       /* arrays in arrays */
#define WQ_REDIS_LINE_MAX_BYTES        65536    /* status, error, number, length */
#define WQ_REDIS_READ_BYTES            65536    /* one read */
#define WQ_REDIS_READS_PER_TURN        16
#define WQ_REDIS_TLS_WRITE_BYTES       262144 /* encrypted at a time */
#define WQ_REDIS_SLACK_BYTES           1048576 /* beyond queue_max_bytes: greetings, scripts sent again */
#define WQ_REDIS_AWAY_LOG_MS           5000    /* between two lines while a server is away */
#define WQ_REDIS_KEEPALIVE_SECONDS     5       /* quiet time before TCP asks; it asks 3 times, 2 s apart */
#define WQ_REDIS_USER_TIMEOUT_MS       10000   /* bytes that TCP sent and nobody acknowledged */
#define WQ_REDIS_PING_MS               2000    /* a subscriber's connection is asked this often, and gone if silent */
#define WQ_REDIS_TAIL_BLOCK_MS         2000    /* a stream is asked again after this long */
#define WQ_REDIS_TAIL_BATCH_MAX        1000    /* entries of one answer */
#define WQ_REDIS_RETRY_MS              100     /* after a refusal */
#define WQ_REDIS_KEY_MAX_BYTES         1024    /* of a stream that is followed */
#define WQ_REDIS_CHANNELS_MAX          1024    /* of one subscriber */
#define WQ_REDIS_CHANNEL_MAX_BYTES     512

/* pages of our own */
#define WQ_HEALTH_PAGE_MAX_BYTES 16384
#define WQ_METRICS_PAGE_MAX_BYTES 1048576
#define WQ_OPENAPI_MAX_BYTES 1048576
#define WQ_SHAPE_NAME_MAX_BYTES 64
#define WQ_SHAPES_MAX 128 /* that have a name */
#define WQ_SHAPE_DEPTH_MAX 16 /* objects, lists and alternatives within each other */

/* files that people write */
#define WQ_ENV_FILE_MAX_BYTES    262144
#define WQ_SECRET_FILE_MAX_BYTES 16384

/* settings */
#define WQ_ENV_FILE_ENTRIES_MAX     2000
#define WQ_SETTING_MAX_BYTES        16384   /* one value */
#define WQ_SETTINGS_ARENA_MAX_BYTES 4194304 /* all that was read */
#define WQ_SETTINGS_PROBLEMS_MAX    20      /* told at one start */
#define WQ_ARGS_MAX                 64      /* arguments of a command */
#define WQ_OPTIONS_MAX              64      /* a command's own options */

/* bench */
#define WQ_BENCH_DRAIN_MS           10000      /* after a load, for what is still under way */
#define WQ_BENCH_RATE_MAX           1000000    /* operations a second */
#define WQ_BENCH_DURATION_MAX_MS    86400000
#define WQ_BENCH_AT_ONCE_MAX        65536
#define WQ_BENCH_JSON_MAX_BYTES     16777216   /* a result, written or read */
#define WQ_BENCH_JOBS_MAX           20000000   /* that a run remembers to remove them */
#define WQ_BENCH_BODY_MAX_BYTES     1048576    /* of one job */

/* sandbox */
#define WQ_SANDBOX_JSON_DEPTH_MAX        32
#define WQ_SANDBOX_MESSAGE_MAX_BYTES     1048576 /* body of a send, and of an order */
#define WQ_SANDBOX_ANSWER_MAX_BYTES      16777216 /* a page of a list */
#define WQ_SANDBOX_ORDERS_MAX            1000     /* faults on order */
#define WQ_SANDBOX_LIMITS_MAX            1000     /* rules on order */
#define WQ_SANDBOX_BUCKETS_MAX           65536    /* numbers, or pairs, that a rule counts */
#define WQ_SANDBOX_EVOLUTION_MAX_BYTES   16777216 /* body of a send with its media in base64 */
#define WQ_SANDBOX_INSTANCES_MAX         1000     /* of Evolution, remembered */
#define WQ_SANDBOX_PARAMS_MAX            200      /* of a form */
#define WQ_SANDBOX_RECORDS_MAX           262144   /* sends kept; a power of two */
#define WQ_SANDBOX_RECORD_MAX_BYTES      134217728
#define WQ_SANDBOX_KEYS_MAX              4194304 /* accepted sends that a duplicate is found among */
#define WQ_SANDBOX_SCAN_MAX              20000   /* entries that one page looks at */
#define WQ_SANDBOX_WEBHOOK_MAX_BYTES     1048576 /* one webhook */
#define WQ_SANDBOX_WEBHOOKS_MAX          100000  /* waiting to be posted */
#define WQ_SANDBOX_WEBHOOK_BYTES_MAX     134217728
#define WQ_SANDBOX_WEBHOOKS_DONE_MAX     10000 /* kept to be asked about */
#define WQ_SANDBOX_WEBHOOKS_IN_FLIGHT    32    /* posts at once */
#define WQ_SANDBOX_WEBHOOK_ATTEMPTS_MAX  40
#define WQ_SANDBOX_WEBHOOK_BACKOFF_MS    200 /* before the second attempt; doubles */
#define WQ_SANDBOX_WEBHOOK_WAIT_MAX_MS   15000
#define WQ_SANDBOX_WEBHOOK_TIMEOUT_MS    10000
#define WQ_SANDBOX_REORDER_WAIT_MS       2000      /* for a later webhook to go first */
#define WQ_SANDBOX_HANG_MS               60000     /* of hang_then_accept, unless ordered otherwise */
#define WQ_SANDBOX_LATENCY_MAX_MS        600000    /* of any answer */
#define WQ_SANDBOX_UPLOAD_MAX_BYTES      106954752 /* 102 MiB: the largest document and its wrapping */
#define WQ_SANDBOX_MEDIA_MAX             10000     /* files kept */
#define WQ_SANDBOX_MEDIA_MAX_BYTES       268435456
#define WQ_SANDBOX_MEDIA_URL_SECONDS     300

/* queues */
#define WQ_QUEUE_NAME_MAX_BYTES 256   /* of a queue's name, and of a prefix */
#define WQ_JOB_REASON_MAX_BYTES 16384 /* kept of a failure's reason */
#define WQ_JOB_STACK_MAX_BYTES  16384 /* kept of one stack trace */
#define WQ_JOB_STACKS_MAX       100   /* stack traces kept of a job, whatever its options say */
#define WQ_JOB_JSON_DEPTH_MAX   512   /* of options, results and data that are looked into */
#define WQ_JOB_DELAY_MAX_MS     315360000000 /* 10 years: beyond 2039 scores would lose their last digits */
#define WQ_WEBHOOK_SECRETS_MAX  8       /* tried for each webhook */
#define WQ_WEBHOOK_PATH_SECRETS_MAX 1024 /* of all paths together */
#define WQ_CLOUD_BODY_MAX_BYTES 4194304 /* taken apart; Meta's are 3 MB at most */
#define WQ_EVOLUTION_BODY_MAX_BYTES 67108864 /* the same of Evolution's, with media in them */
#define WQ_INBOUND_CONTACTS_MAX 1000    /* of one webhook, among which a person's name is looked for */
#define WQ_INBOUND_ARENA_MAX_BYTES 20971520 /* of what a reader makes: a form, and four times that */
#define WQ_INBOUND_SCRATCH_MAX_BYTES 134217728 /* one body mended, or one update as text that is hashed */
#define WQ_FORM_PARAMETERS_MAX  256     /* of a webhook that is a form */
#define WQ_CONVERSATION_MAX_BYTES 192   /* a key: longer ones are hashed */
#define WQ_WEBHOOK_UPDATES_MAX  1000    /* of one webhook */
#define WQ_WEBHOOK_DEPTH_MAX    32      /* levels of its JSON */
#define WQ_WEBHOOK_MEMORY_MAX_BYTES 33554432 /* of what is made of one */
#define WQ_WEBHOOK_IDS_MAX_BYTES 1024   /* of the ids that its row of the log shows */
#define WQ_WEBHOOK_TYPE_MAX_BYTES 256     /* of a Content-Type that is kept */
#define WQ_WEBHOOK_LOOKS        100     /* entries of the log that one call looks at */
#define WQ_WEBHOOK_LOOK_BYTES   524288  /* and their bytes, one entry more than that at most */
#define WQ_WEBHOOK_BODY_MAX_BYTES 33554432 /* of a body that is read back */
#define WQ_WEBHOOK_PAGE_MAX_BYTES 50331648 /* of what was read */
#define WQ_WEBHOOK_PAGE_LOOKS   10000   /* that one page of a list, or of a CLI's list, looks at */
#define WQ_WEBHOOK_FILTER_MAX_BYTES 256 /* of a text of a filter */
#define WQ_WEBHOOK_RUN_REFUSALS 10      /* of an endpoint, in a row, after which a replay gives up */
#define WQ_WEBHOOK_REFUSALS     40      /* of one call; half of them told one by one */
#define WQ_WEBHOOK_REFUSAL_MS   3000    /* for each that is told by itself, beyond those at once */
#define WQ_WEBHOOK_REFUSED_MAX  1000    /* kept */
#define WQ_WEBHOOK_TRIM_MAX     1000    /* entries of the log that one trim takes away */
#define WQ_LANE_MAX_S           604800  /* a lane that nobody touches for 7 days is forgotten */
#define WQ_LANE_NAME_MAX_BYTES  512     /* of a lane; a job with a longer one is in none */
#define WQ_LANE_PARK_MS         5000    /* a parked job looks by itself, should nobody wake it */
#define WQ_LANE_BATCH_MAX       40      /* jobs that one call looks at: about 1 ms of Redis */
#define WQ_SOURCES_MAX          4096    /* that are told from each other by how much they send */
#define WQ_SOURCE_GOOD_MS       60000   /* so long a source is good after a webhook that was signed */
#define WQ_SOURCE_FORWARDED_MAX 16      /* headers X-Forwarded-For, and proxies in front of us */
#define WQ_SINK_SEEN_MS         604800000LL /* 7 days, within which an update counts once; up to half as long again */
#define WQ_SINK_CALLS           2       /* script calls of a sink in flight */
#define WQ_SINK_BATCH_POSTS_MAX 64      /* webhooks that travel together: more gain nothing, and hold Redis longer */
#define WQ_SINK_BATCH_BYTES_MAX 1048576 /* but one larger webhook travels alone */
#define WQ_ACCOUNT_ID_MAX_BYTES 64
#define WQ_MESSAGE_ID_MAX_BYTES 192     /* of an outbound message, its account's id included */
#define WQ_IDEMPOTENCY_S        86400   /* a key given with a request is remembered for a day */
#define WQ_SEND_BATCH_MAX       16      /* messages that one script call looks at: about 1 ms of Redis */
#define WQ_SEND_STOPPED_SHOWN   200     /* stopped templates of an account that one look tells */
#define WQ_OUTBOX_KEPT          20000   /* events of an account that wait to be told (lib/letter.lua) */
#define WQ_OUTBOX_BATCH         100     /* told by one call */
#define WQ_OUTBOX_TICK_MS       500     /* how often it is looked whether there are some */
#define WQ_OUTBOX_LOOKS         64      /* accounts that one tick looks at, beside those that just sent */
#define WQ_SEND_CALLS           2       /* of one kind and account, in flight */
#define WQ_LETTER_KEEP_S        2592000 /* the record of an outbound message is kept for 30 days */
#define WQ_LETTER_DATA_MAX_BYTES 65536  /* of a job, kept in its message's record */
#define WQ_LETTER_MEMORY_MAX_BYTES 262144 /* of one message at work */
#define WQ_LETTER_ANSWER_MAX_BYTES 8192  /* of a provider, as far as it is kept */
#define WQ_LETTER_RESULT_MAX_BYTES 2048
#define WQ_LETTER_PRICE_MAX_BYTES 1024
#define WQ_PROVIDER_ID_MAX_BYTES 512     /* of a message, as its provider calls it */
#define WQ_LETTER_JOBS_KEPT     1000    /* finished jobs of outbound messages; their records live longer */
#define WQ_SUBMIT_MAX           10000   /* messages of one request (OUT-4) */
#define WQ_LETTER_GRACE_MS      30000   /* before a try of which nobody knows is given up */
#define WQ_LETTER_UNCONFIRMED_MS 600000 /* taken by the provider, and no status for so long: told */
#define WQ_LETTER_AGE_MAX_MS    86400000 /* a message that could not be sent for a day expires */
#define WQ_LETTER_REQUEST_MS    30000   /* one request to a provider (OUT-9) */
#define WQ_LETTER_ATTEMPTS      3       /* OUT-5 */
#define WQ_LETTER_CAP_MAX       100000  /* messages an hour or day that a cap can count: each is remembered */
#define WQ_LETTER_STALLS_MAX    1000000 /* the ledger says whether a message may be tried again */
#define WQ_SEND_ANEW_MS         3000    /* no tokens for so long after Redis was begun anew; reconnecting takes 2 s */
#define WQ_SEND_JOURNAL_MS      15000   /* what a process wrote into a ledger is kept for so long */
#define WQ_SEND_JOURNAL_MAX     65536   /* of one account: tries that have ended */
#define WQ_FILED_KEEP_S         2505600 /* a provider keeps a file for 30 days; its id is used for 29 */
#define WQ_FILED_RENEWED_MS     3600000 /* a file whose id was refused is uploaded again, once in so long */
#define WQ_FILE_MAX_BYTES       16777216 /* of one that passes through us; a larger one goes by its address */
#define WQ_FILE_DATA_MAX_BYTES  5242880 /* of one in a message itself */
#define WQ_FILES_MAX            16      /* of one message */
#define WQ_FILE_TYPE_MAX_CHARS  100     /* as "audio/ogg; codecs=opus" */
#define WQ_FILE_HOPS_MAX        3       /* redirects on the way to one */
#define WQ_FILES_AT_ONCE        3       /* fetched or uploaded by a process; each takes twice its size */
#define WQ_FILE_FETCH_MS        30000   /* one file from its address */
#define WQ_FILE_UPLOAD_MS       60000   /* one file to its provider */
#define WQ_WORKER_CALLS         2     /* script calls of a worker in flight */
#define WQ_WORKER_CONCURRENCY_MAX 100000
#define WQ_SLOTS_SPARE_MAX      64    /* slots without a job that an idle worker keeps */
#define WQ_WORKER_NAME_MAX_BYTES  128
#define WQ_WORKER_POLL_MS       1000  /* an idle worker looks at least that often, whatever became of the marker */
#define WQ_WORKER_BLOCK_SECONDS 5     /* of one wait for the marker */
#define WQ_WORKER_LOST_CALLS_MAX 8    /* calls without an answer whose jobs are looked for */
#define WQ_WORKER_NOTES_MAX     10000 /* progress, rows of logs and the like, on their way */
#define WQ_WORKER_PROMOTE_MAX   20    /* delayed jobs that one call moves */
#define WQ_WORKER_PROMOTING_BATCH_MAX 16 /* jobs that it then settles, and claims: together under 1 ms of Redis */
#define WQ_WORKER_RENEW_MAX     200   /* locks that one call renews */
#define WQ_WORKER_STALLED_MAX   40    /* jobs that one call of the stalled check puts back: about 1 ms of Redis … */
#define WQ_WORKER_MARK_MAX      1000  /* … or marks */
#define WQ_WORKER_RECLAIM_MAX   60    /* jobs that one call of ours looks at, for those whose claim was not answered */
#define WQ_WORKER_LIMITED_MAX_MS 30000 /* a rate limit is asked about again after this long */
#define WQ_WORKER_RETRY_MIN_MS  50    /* after a call that Redis did not carry out; doubles … */
#define WQ_WORKER_RETRY_MAX_MS  2000
#define WQ_PUSH_DELAY_MIN_MS    100     /* of a Retry-After: nobody is asked in a tight circle */
#define WQ_PUSH_ANSWER_MAX_BYTES 1048576 /* of an endpoint */
#define WQ_PUSH_BODY_MAX_BYTES  67108864 /* posted */
#define WQ_PUSH_TRIP            5       /* outages in a row, after which an endpoint is left alone … */
#define WQ_PUSH_PAUSE_MIN_MS    1000    /* … for so long, doubling … */
#define WQ_PUSH_PAUSE_MAX_MS    30000
#define WQ_ADD_BATCH_MAX_ITEMS 64      /* adds that travel together: more gain nothing, and hold Redis longer */
#define WQ_ADD_BATCH_MAX_BYTES 1048576 /* but one larger add travels alone */
#define WQ_ADD_CALL_MAX_BYTES  33554432 /* one job, or all of a wq_add_all */
#define WQ_ADD_ALL_MAX_ITEMS   1000    /* jobs that are added all or none */
#define WQ_PRODUCER_CALLS      2       /* script calls in flight */
#define WQ_PRODUCER_WAITING_MAX 65536  /* requests */
#define WQ_PRODUCER_WAIT_MAX_MS 5000    /* in them */
#define WQ_PRODUCER_PAUSE_MS   50      /* before Redis is asked again that was not ready */
#define WQ_PRODUCER_WAITING_MAX_BYTES 67108864 /* of their jobs */

/* inspecting queues */
#define WQ_INSPECT_CHUNK_JOBS       50      /* changed by one call, so that Redis is soon free again */
#define WQ_INSPECT_SPLICE_JOBS      1000    /* ids moved from list to list by one call */
#define WQ_LOOK_PAGE_MAX            1000    /* jobs, rows, children of one page */
#define WQ_LOOK_PAGE_MAX_BYTES      4194304 /* large fields of a page */
#define WQ_LOOK_JOB_MAX_BYTES       16777216 /* of one job */
#define WQ_LOOK_CHILD_MAX_BYTES     65536   /* a child's value; a larger one is left out */
#define WQ_LOOK_ROWS_MAX_BYTES      33554432 /* of any list of strings */
#define WQ_LOOK_PRIORITIES_MAX      100
#define WQ_LOOK_CLIENTS_MAX         5000    /* clients that Redis is asked to list */
#define WQ_LOOK_SCAN_KEYS           1000    /* keys that one step of a search looks at */
#define WQ_JOB_ID_MAX_BYTES     1024   /* of an id that a producer chose, and of a deduplication id */
#define WQ_JOB_OPTS_MAX_BYTES   65536  /* of a job's options as they are stored */
#define WQ_JOB_OPTS_MAX_FIELDS  100
#define WQ_JOB_PRIORITY_MAX     2097151
#define WQ_TIMESTAMP_MAX_MS     8640000000000000 /* what a Date of JavaScript can hold */
#define WQ_JSON_INT_MAX         9007199254740991 /* beyond it numbers of JavaScript are no longer exact */
#define WQ_LIBRARY_REQUEST_MAX_BYTES 67108864 /* of one call of willaq/queue.h, with all that it copies */
#define WQ_LIBRARY_CLOSE_MS          5000     /* that workers have to give their jobs back when all is closed */
#define WQ_FLOW_DEPTH_MAX       32     /* generations of one flow; its jobs are WQ_ADD_ALL_MAX_ITEMS at most */

#define WQ_DEAD_TEXT_MAX_BYTES      33554432 /* data and options of one dead letter, with what somebody made of them */

#define WQ_DEAD_RUNS_KEPT           50       /* of one queue: what is told of runs over its letters */
#define WQ_DEAD_RUNS_KEPT_MS        86400000 /* after the last one */

/* subscriptions */
#define WQ_SUBSCRIPTIONS_MAX        200      /* looked at by each tick, in one call */
#define WQ_SUB_ID_MAX_BYTES         64
#define WQ_SUB_SPEC_MAX_BYTES       16384    /* JSON of one */
#define WQ_SUB_FILTER_ITEMS_MAX     50       /* of each kind of filter */
#define WQ_SUB_EVENT_MAX_BYTES      4194304  /* posted */
#define WQ_SUB_BATCH_MAX            50       /* events of one post */
#define WQ_SUB_BATCH_MAX_BYTES      1048576  /* beyond which no further event joins one */
#define WQ_SUB_BATCH_DELAY_MAX_MS   60000
#define WQ_SUB_IN_FLIGHT_MAX        16       /* posts of one subscription */
#define WQ_SUB_PAGE_EVENTS          100      /* read by one call */
#define WQ_SUB_RATE_MAX             10000    /* posts a second */
#define WQ_SUB_TICK_MS              2000     /* leases are kept that often … */
#define WQ_SUB_LEASE_MS             8000     /* … and lost so long after the last time */
#define WQ_SUB_POLL_MS              30000    /* a lane looks at least that often, whoever wakes it */
#define WQ_SUB_RETRY_MS             500      /* after a call that Redis did not carry out */
#define WQ_SUB_ANSWER_MAX_BYTES     65536    /* of an endpoint */
#define WQ_SUB_TIMEOUT_MS           15000    /* of one post */
#define WQ_SUB_TRIP                 5        /* failures in a row, after which an endpoint is left alone … */
#define WQ_SUB_PAUSE_MIN_MS         5000     /* … for so long, doubling … */
#define WQ_SUB_PAUSE_MAX_MS         300000
#define WQ_SUB_RETRY_AFTER_MAX_MS   86400000 /* of what an endpoint asks for */
#define WQ_SUB_FAILING_MAX_MS       432000000 /* 5 days without one good answer: disabled */
#define WQ_SUB_ROTATE_MS            86400000 /* the old secret signs beside the new one */
#define WQ_SUB_ROWS_MAX             200      /* attempts kept of each, to be shown */
#define WQ_SUB_REPLAY_CHUNK         150      /* events put on the way by one call */
#define WQ_SUB_WAITING_MAX          100000   /* units that failed, or are replayed */
#define WQ_SUB_LIVE_MS              30000    /* events are kept so long for who listens */
#define WQ_EVENTS_WAITING_MAX       256      /* events of our own that wait for Redis */
#define WQ_EVENT_DATA_MAX_BYTES     16384    /* of one of them */
#define WQ_EVENT_ONCE_MS            86400000 /* a named event is not told again */
#define WQ_EVENT_REPEAT_MS          60000    /* one that may have been written is not written again */
#define WQ_SUB_EVENT_TRIM_MAX       100      /* events that grew too old, dropped by one call */
/* accounts, businesses and keys of the API */
#define WQ_ACCOUNTS_MAX             10000    /* of all businesses: each process has them in memory */
#define WQ_ACCOUNT_ID_MAX_BYTES     64
#define WQ_ACCOUNT_NAME_MAX_BYTES   100
#define WQ_ACCOUNT_BODY_MAX_BYTES   32768    /* of a request about one */
#define WQ_ACCOUNT_SPEC_MAX_BYTES   8192     /* JSON of one, without credentials */
#define WQ_ACCOUNT_SECRET_MAX_BYTES 4096     /* of one credential */
#define WQ_ACCOUNT_MEMORY_MAX_BYTES 32768    /* of one, in a process */
#define WQ_ACCOUNTS_REFRESH_MS      1000     /* how often a process asks what changed */
#define WQ_ACCOUNTS_PAGE_LOOKS      2000     /* accounts that one page of a filter looks at */
#define WQ_ACCOUNT_CHECK_MS         10000    /* that a provider has to tell whether credentials are good */
#define WQ_ACCOUNT_ANSWER_MAX_BYTES 65536    /* of a provider that is asked about one */
#define WQ_BUSINESS_ID_MAX_BYTES    64
#define WQ_BUSINESSES_MAX           10000
#define WQ_API_KEYS_MAX             10000    /* each process has them in memory */
#define WQ_REGISTRY_PAGE            80       /* changes read by one call */

/* contacts: who they are, and what they wrote */
#define WQ_CONTACT_WORDS_MAX       8     /* that one is found by */
#define WQ_CONTACT_WORD_MAX_BYTES  32
#define WQ_CONTACT_NAME_MAX_BYTES  256   /* kept of a name that a provider tells */
#define WQ_RECEIVE_TEXT_MAX_BYTES  16384 /* kept of what one message says: 4096 characters */
#define WQ_RECEIVE_DATA_MAX_BYTES  16384 /* of all of it, as JSON; what is larger is kept as its text alone */
#define WQ_RECEIVE_MEMORY_MAX_BYTES 1048576 /* of one job at work */
#define WQ_RECEIVE_HISTORY_MAX     200   /* messages of the past that one call takes */
#define WQ_KEYWORD_MAX_BYTES       64    /* one by which somebody wants no more, or does again */
#define WQ_KEYWORDS_MAX            64    /* of one account */

#define WQ_CONTACT_TAGS_MAX            50
#define WQ_CONTACT_TAG_MAX_BYTES       64
#define WQ_CONTACT_ATTRIBUTES_MAX      50
#define WQ_CONTACT_ATTRIBUTE_MAX_BYTES 64      /* of its name */
#define WQ_CONTACT_VALUE_MAX_BYTES     256     /* of what it is */
#define WQ_CONTACT_LANGUAGE_MAX_BYTES  16
#define WQ_CONTACT_ASSIGNED_MAX_BYTES  64
#define WQ_CONTACT_REASON_MAX_BYTES    200
#define WQ_CONTACT_NOTES_MAX           200     /* on one */
#define WQ_CONTACT_NOTE_MAX_BYTES      4096
#define WQ_CONTACT_FILTERS_MAX         16      /* of one list */
#define WQ_CONTACT_PAGE_LOOKS          250     /* contacts that one call looks at: about 1 ms of Redis … */
#define WQ_CONTACT_PAGE_ROWS           50      /* … and that it, or a call of what waits for people, tells of … */
#define WQ_CONTACT_LIST_LOOKS          20000   /* … and one page of a list */
#define WQ_CONTACT_PAGE_MAX            200     /* contacts, or messages, of one page */
#define WQ_CONTACT_BODY_MAX_BYTES      65536   /* of a request about one */
#define WQ_CONTACT_ERASE_STEP          100     /* moments of a conversation that one call erases */
#define WQ_CONTACT_STREAM_ID_BYTES     48      /* of a row that erasing left */
#define WQ_CONTACT_COLUMNS_MAX         64      /* of a file of contacts */
#define WQ_CONTACT_CELL_MAX_BYTES      8192    /* of one of its cells */
#define WQ_CONTACT_LINE_MEMORY_BYTES   1048576 /* of one of its lines at work */
#define WQ_CONTACT_IMPORT_STEP         500     /* lines that are judged in one turn of the loop */
#define WQ_CONTACT_IMPORT_MAX_BYTES    16777216 /* of a file in a request */
#define WQ_CONTACT_IMPORT_FILE_BYTES   536870912 /* of one that the command line reads */
#define WQ_CONTACT_IMPORT_LINES_MAX    2000000

/* messages: what willaq itself allows */
#define WQ_MESSAGE_NAME_MAX_CHARS        128   /* of a business, an account, a conversation */
#define WQ_MESSAGE_CONTENT_MAX_BYTES     262144 /* of a content that is written anew */
#define WQ_MESSAGE_CONTENT_DEPTH_MAX     32
#define WQ_MESSAGE_SCHEDULE_MAX_DAYS     366   /* that a message may wait for its time */
/* messages: what WhatsApp allows; characters are code points */
#define WQ_WA_PHONE_MIN_DIGITS           7
#define WQ_WA_PHONE_MAX_DIGITS           15
#define WQ_WA_GROUP_DIGITS               18    /* so many or more are a group's, as Evolution counts */
#define WQ_WA_ADDRESS_MAX_BYTES          256   /* of a group, a JID, a business-scoped id */
#define WQ_WA_MESSAGE_ID_MAX_CHARS       512
#define WQ_WA_OPAQUE_MAX_CHARS           512
#define WQ_WA_TEXT_MAX_CHARS             4096
#define WQ_WA_CAPTION_MAX_CHARS          1024
#define WQ_WA_FILENAME_MAX_CHARS         240
#define WQ_WA_LINK_MAX_CHARS             2048
#define WQ_WA_MEDIA_ID_MAX_DIGITS        32
#define WQ_WA_PLACE_MAX_CHARS            1000  /* name and address of a location */
#define WQ_WA_CONTACTS_MAX               257
#define WQ_WA_EMOJI_MAX_CHARS            32    /* that make up one */
#define WQ_WA_CONTACT_TEXT_MAX_CHARS     1024
#define WQ_WA_HEADER_MAX_CHARS           60
#define WQ_WA_FOOTER_MAX_CHARS           60
#define WQ_WA_BODY_MAX_CHARS             1024  /* of an interactive message … */
#define WQ_WA_LIST_BODY_MAX_CHARS        4096  /* … that is a list */
#define WQ_WA_BUTTONS_MAX                3
#define WQ_WA_BUTTON_ID_MAX_CHARS        256
#define WQ_WA_BUTTON_TITLE_MAX_CHARS     20    /* also of a list's button, and of one that opens a URL */
#define WQ_WA_SECTIONS_MAX               10
#define WQ_WA_SECTION_TITLE_MAX_CHARS    24
#define WQ_WA_ROWS_MAX                   10    /* of all sections together */
#define WQ_WA_ROW_ID_MAX_CHARS           200
#define WQ_WA_ROW_TITLE_MAX_CHARS        24
#define WQ_WA_ROW_DESCRIPTION_MAX_CHARS  72
#define WQ_WA_URL_MAX_CHARS              2000  /* of a button */
#define WQ_WA_FLOW_CTA_MAX_CHARS         30
#define WQ_WA_FLOW_TEXT_MAX_CHARS        512   /* its id, name, token and screen */
#define WQ_WA_CATALOG_ID_MAX_CHARS       64
#define WQ_WA_PRODUCT_ID_MAX_CHARS       200
#define WQ_WA_PRODUCTS_MAX               30    /* of all sections together */
#define WQ_WA_CARDS_MIN                  2
#define WQ_WA_CARDS_MAX                  10
#define WQ_WA_CARD_BODY_MAX_CHARS        160
#define WQ_WA_CARD_BREAKS_MAX            2     /* line breaks in it */
#define WQ_WA_TEMPLATE_NAME_MAX_CHARS    512
#define WQ_WA_LANGUAGE_MAX_CHARS         15
#define WQ_WA_COMPONENTS_MAX             20
#define WQ_WA_PARAMETERS_MAX             100
#define WQ_WA_PARAMETER_MAX_CHARS        1024
#define WQ_WA_PARAMETER_SPACES_MAX       4     /* in a row */
#define WQ_WA_PAYLOAD_MAX_CHARS          256
#define WQ_WA_COUPON_MAX_CHARS           20
#define WQ_WA_TEMPLATE_BUTTONS_MAX       10
/* templates at the provider */
#define WQ_PROVIDER_TEMPLATES_BATCH 500  /* of one page, and that go in one step */
#define WQ_PROVIDER_TEMPLATES_LOOKS 1000 /* that one page of a filter looks at */
#define WQ_PROVIDER_TEMPLATES_PAGES 100  /* of the provider's that one look reads */
#define WQ_PROVIDER_MAPPINGS_MAX    500  /* of an account */
#define WQ_PROVIDER_MAPPED_MAX_BYTES 200 /* of what one of their parameters says */
#define WQ_PROVIDER_CHECKS_MAX      100  /* templates that one request is checked against */
#define WQ_SANDBOX_TEMPLATES_MAX    1000
#define WQ_SANDBOX_REVIEW_MS        500  /* until a template that was made is decided */

/* what waits for people */
#define WQ_PENDING_ID_BYTES      21      /* "p" and 20 hex digits */
#define WQ_PENDING_PRIORITY_MAX  10
#define WQ_PENDING_WHY_MAX_BYTES 64      /* a reason's word */
#define WQ_PENDING_BY_MAX_BYTES  100     /* who cares for it */
#define WQ_PENDING_NOTE_MAX_BYTES 1000
#define WQ_PENDING_LEASE_MS      1800000 /* who takes one has it for himself for half an hour */
#define WQ_PENDING_LEASE_MAX_MIN 1440    /* or as long as he says */
#define WQ_PENDING_PAGE_LOOKS    120     /* entries of one account that one call looks at: about 1 ms of Redis … */
#define WQ_PENDING_LIST_LOOKS    1000    /* … and one page of a list */
#define WQ_PENDING_PAGE_MAX      200
#define WQ_PENDING_ACCOUNTS_MAX  500     /* that one list puts together */
#define WQ_PENDING_TICK_MAX      20      /* that one step lets go: about 1 ms of Redis */

/* what is due (domain/due) */
#define WQ_DUE_TICK_MS           1000    /* how often accounts are asked what is due there */
#define WQ_DUE_LOOKS             500     /* accounts that one tick asks at most */
#define WQ_DUE_RUNS              64      /* kinds of an account that one process works at once */
#define WQ_DUE_KINDS             16
#define WQ_DUE_SOON_MS           20      /* at least, between two ticks */
/* windows */
#define WQ_WINDOW_BATCH          64      /* told by one call */
#define WQ_HOURS_SPANS_MAX       4       /* of a day */
#define WQ_HOLIDAYS_MAX          100     /* of an account */
#define WQ_HOURS_AHEAD_DAYS      400     /* a message that waits for business hours finds them within so many */
#define WQ_RATES_MAX             2000    /* rows of a file of prices */
#define WQ_RATES_MAX_BYTES       1048576 /* of such a file */
#define WQ_RATE_COUNTRIES_MAX    250     /* of a row */
#define WQ_RATE_COUNTRY_BYTES    8
#define WQ_RATE_PRICE_MAX        1000000 /* of a message */
/* blocks; the moments stand in lib/receipt.lua as well */
#define WQ_BLOCK_AFTER_MS        259200000  /* 72 h: a message that is `sent` for so long should have arrived */
#define WQ_BLOCK_SWEEP_MS        21600000   /* 6 h: how often that is looked at */
#define WQ_BLOCK_HOLD_MAX_MS     1209600000 /* 14 days: one that cannot be judged for so long never is */
#define WQ_BLOCK_BATCH           50         /* of each kind, looked at by one call */
#define WQ_BLOCK_ROWS_MAX        100        /* both kinds together */
#define WQ_BLOCK_LOOKS           1000       /* contacts that one page of a filter looks at */
#define WQ_BLOCK_REASON_MAX_BYTES 200       /* that a person gives for taking a verdict back */

/* sequences */
#define WQ_SEQUENCES_MAX             1000     /* of one account */
#define WQ_SEQ_ID_MAX_BYTES          64
#define WQ_SEQ_NAME_MAX_BYTES        200      /* of one, and of a step */
#define WQ_SEQ_DESCRIPTION_MAX_BYTES 2000
#define WQ_SEQ_STEPS_MAX             100
#define WQ_SEQ_STEP_MAX_BYTES        32768    /* JSON of one step */
#define WQ_SEQ_MAX_BYTES             524288   /* JSON of one sequence */
#define WQ_SEQ_MEMORY_MAX_BYTES      8388608  /* of one that is read */
#define WQ_SEQ_DELAY_MAX_MS          INT64_C(31622400000) /* 366 days */
#define WQ_SEQ_VARIABLES_MAX         50
#define WQ_SEQ_VERSIONS_MAX          100      /* older ones go, unless contacts are in them */
#define WQ_SEQ_CHANGES_MAX           500      /* rows of its history */
#define WQ_SEQ_BATCH_MAX             10       /* contacts of one call: about 1 ms of Redis */
#define WQ_SEQ_ASK_MAX               1000     /* contacts that one request names */
#define WQ_SEQ_RUNS_MAX              16       /* changes of many, of one account, under way at once */
#define WQ_SEQ_RUN_BATCH             12       /* contacts that one call of such a change looks at: about 1 ms */
#define WQ_SEQ_RUN_KEEP_S            2592000  /* what was before it is kept for 30 days */
#define WQ_SEQ_IMPORT_MAX            200      /* sequences of one import, or export */
#define WQ_SEQ_TAKE_MAX              16       /* steps that are due, decided together: about 1 ms of Redis */
#define WQ_SEQ_LEASE_MS              20000    /* a step that is being decided is somebody else's after that */
#define WQ_SEQ_PAGE_LOOKS            2000     /* contacts that one page looks at */
#define WQ_TOSEND_MAX                64       /* jobs that one call looks after */
#define WQ_TOSEND_LEASE_MS           15000
#define WQ_SEQ_WHO_MAX_BYTES         128      /* of who made a change, and of a reason */
/* the API */
#define WQ_API_JSON_DEPTH_MAX    64
#define WQ_API_MESSAGES_MAX_BYTES 33554432 /* of a request that asks for messages */
#define WQ_API_ANSWER_MAX_BYTES  67108864
#define WQ_API_ECHO_MAX_BYTES    64   /* of a caller's text in an error */
#define WQ_FACADE_BODY_MAX_BYTES 1048576 /* of a message in another API's shape */
#define WQ_FACADE_UPLOAD_MAX_BYTES 106954752 /* 102 MiB: the largest document and its form */
#define WQ_FACADE_FILE_MAX_BYTES 104857600 /* of a file that is fetched */
#define WQ_FACADE_MEDIA_CALLS_MAX 4   /* files on their way at once */
#define WQ_FACADE_MEDIA_TIMEOUT_MS 25000 /* of each request for one */
#define WQ_FACADE_READS_MAX      100  /* messages that one request marks as read */
#define WQ_API_PAGE_DEFAULT      50   /* entries of a list when nothing is asked for */
#define WQ_API_PAGE_MAX          1000
#define WQ_API_SCAN_STEPS_MAX    200  /* steps through the keys for one list of queues */
#define WQ_API_DEAD_PAGE_LOOKS     10000    /* dead letters that one page of a filter looks at */
#define WQ_API_DEAD_PAGE_MAX_BYTES 8388608  /* of one page */
#define WQ_API_DEAD_EXPORT_LOOKS   100      /* letters that are written between two looks at the peer's patience */
#define WQ_API_DEAD_LOOKS          100000   /* that one count of groups, or one dry run, looks at */
#define WQ_DEAD_FILTER_MAX_BYTES   1024     /* of a text of a filter */
#define WQ_API_DEAD_RUNS_MAX     8       /* runs over dead letters that one process has under way */
#define WQ_API_DEAD_RUN_NOTE_MS  1000    /* how often it tells of one */
#define WQ_API_DEAD_RUN_LOST_MS  15000   /* silence after which its process is taken for dead */
#define WQ_API_DEAD_RUN_NOTES    10      /* tries to tell of its end */
#define WQ_API_DEAD_RATE_MAX     100000  /* letters a second */
#define WQ_API_DEAD_SAMPLES      5       /* letters that a dry run shows */
#define WQ_API_DEAD_RUN_MAX_BYTES 16384 /* of what is told of a run */

/* providers */
#define WQ_PROVIDER_BODY_MAX_BYTES   8388608 /* of a request, and of its URL */
#define WQ_PROVIDER_ANSWER_MAX_BYTES 262144  /* more is not read */
#define WQ_PROVIDER_ANSWER_DEPTH_MAX 32      /* levels of its JSON */
#define WQ_PROVIDER_TEXT_MAX_BYTES   512     /* kept of an error's title, and of its details */
#define WQ_VERDICTS_MAX_BYTES        262144  /* of a file of verdicts */
#define WQ_VERDICTS_ROWS_MAX         1000    /* in it */
#define WQ_VERDICT_OWN_WAIT_MAX_MS   2592000000 /* 30 days */
#define WQ_VERDICT_TRIES_MAX         1000
#define WQ_VERDICT_WAIT_MAX_MS       86400000 /* of what a provider asks for */

/* templates of texts */
#define WQ_TEMPLATE_SOURCE_MAX_BYTES 16384 /* of one, with its declarations */
#define WQ_TEMPLATE_TEXT_MAX_BYTES   16384 /* that it becomes: no message has more */
#define WQ_TEMPLATE_DEPTH_MAX        16    /* blocks in blocks */
#define WQ_TEMPLATE_TERMS_MAX        64    /* of one "and" or "or" */
#define WQ_TEMPLATE_VARIABLES_MAX    64    /* that one declares */
#define WQ_TEMPLATE_FORMATS_MAX      8     /* one after the other, of one value */
#define WQ_TEMPLATE_ITEMS_MAX        100   /* of a list that are gone through */
#define WQ_TEMPLATE_STEPS_MAX        20000 /* parts that one rendering goes through, with those of all items */
#define WQ_TEMPLATE_VALUE_MAX_BYTES  4096  /* of one value, and of what a format makes of it */
#define WQ_TEMPLATE_NAME_MAX_BYTES   63    /* of a variable */
#define WQ_TEMPLATE_NUMBER_MAX_DIGITS 15   /* that a double holds exactly */
#define WQ_TEMPLATE_CURRENCY_MAX_BYTES 8
#define WQ_TEMPLATE_KIND_MAX_BYTES   64
#define WQ_TEMPLATES_OWN_MAX         2000  /* of all businesses: each process has them in memory */
#define WQ_TEMPLATE_REQUEST_MAX_BYTES 65536
#define WQ_TEMPLATE_MEMORY_MAX_BYTES 1048576 /* that reading and filling in one may take */
/* files of received messages */
#define WQ_INBOUND_FILE_BACKOFF_MS   2000
#define WQ_INBOUND_FILES_AT_ONCE     4       /* of one process */
#define WQ_INBOUND_FILE_TRIES        5       /* each after twice the wait of the one before */
#define WQ_INBOUND_FILE_TIMEOUT_MS   120000
#define WQ_INBOUND_FILE_ID_MAX_BYTES 128     /* of a provider's id of one */
#define WQ_INBOUND_FILE_PIECE_MS     3600000 /* after which a piece of one has no owner any more */
#define WQ_INBOUND_FILE_SWEEP_MS     3600000 /* between two looks through their directory */
#define WQ_INBOUND_FILE_SWEEP_STEP_MS 1000   /* between two steps of a look */
#define WQ_INBOUND_FILE_SWEEP_LOOKS  200     /* entries of a step */
#define WQ_INBOUND_FILE_MEMORY_MAX_BYTES 131072 /* of one fetch, without the file itself */

/* load tests */
#define WQ_LOAD_CONNECTIONS_MAX    20000    /* of one client */
#define WQ_LOAD_OPENING_MAX        256      /* connections that are on their way at once, in the beginning */
#define WQ_LOAD_REQUEST_MAX_BYTES  4194304  /* of one request, head and body */
#define WQ_LOAD_HEAD_MAX_BYTES     262144   /* of an answer */
#define WQ_LOAD_ANSWER_MAX_BYTES   67108864 /* read of one answer */
