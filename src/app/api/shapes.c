/* SPDX-License-Identifier: MIT */
/* shapes.c — queues, jobs, dead letters: queue_view.c and dead_view.c write them, job_opts.c reads what is wanted. */
#include "app/api/shapes.h"

#include <stddef.h>

/* clang-format off: read by line */
#define CONTACT                                                                                        \
	"id: string, account: string, phone?: string, wa_id?: string, user_id?: string,"                   \
	" parent_id?: string, lid?: string, username?: string, name?: string, language?: string,"          \
	" timezone?: string, assigned?: string, tags: string[], attributes: any, unread: 0..,"             \
	" window_open: boolean, window_until?: 0.., free_until?: 0.., opted_out: boolean,"                 \
	" opted_out_at?: 0.., opt_out_reason?: string, blocked: boolean, blocked_at?: 0..,"                \
	" block?: string, created_at?: 0.., last_at?: 0.., last_in_at?: 0.., last_out_at?: 0.., revision: 0.."
const struct wq_named_shape wq_api_shapes[] = {
	{ "Problem", "{type: string, title: string, status: integer, detail?: string, code: string}" },
	{ "Message", "{to: string, type?: string, text?: any, image?: any, video?: any, audio?: any, document?: any,"
	             " sticker?: any, location?: any, contacts?: any, reaction?: any, interactive?: any,"
	             " template?: any, use?: TemplateUse, account?: string, businessId?: string,"
	             " conversationId?: string,"
	             " reference?: string, replyTo?: string, priority?: 1..10|'critical'|'high'|'normal'|'low',"
	             " scheduledAt?: string|0.., expiresAt?: string|0.., force?: boolean, bulk?: boolean,"
	             " class?: 'strict'|'at-least-once'|'at-most-once',"
	             " whenClosed?: 'fail'|'template'|'pending'|'force', fallback?: any}" },
	{ "TemplateUse", "exact {template: string, language?: string|null, currency?: string|null, variables?: any}" },
	{ "Template", "{kind: string, language: string, of: 'willaq'|'all'|'business'|'account', owner: string|null,"
	              " title: string|null, about: string|null, category: string|null, variables: TemplateVariable[],"
	              " source: string, changed_at: 0..|null, changed_by: string|null}" },
	{ "TemplateVariable", "{name: string, type: string, default: string|null, example: string|null,"
	                      " about: string|null}" },
	{ "TemplatePreview", "{text: string, chars: 0.., language: string, of: string}" },
	{ "TemplateCheck", "{ok: boolean, problems: TemplateProblem[]}" },
	{ "TemplateProblem", "{line: 0.., column: 0.., name: string, what: string}" },
	{ "GraphMessage", "{messaging_product: 'whatsapp', recipient_type?: 'individual'|'group', to?: string,"
	                  " recipient?: string, type?: string, text?: any, image?: any, video?: any, audio?: any,"
	                  " document?: any, sticker?: any, location?: any, contacts?: any, reaction?: any,"
	                  " interactive?: any, template?: any, context?: {message_id: string},"
	                  " biz_opaque_callback_data?: string, recipient_identity_key_hash?: string,"
	                  " status?: 'read', message_id?: string, typing_indicator?: {type: 'text'}}" },
	{ "GraphSent", "{messaging_product: 'whatsapp', contacts: GraphContact[], messages: {id: string}[]}" },
	{ "GraphContact", "{input: string, wa_id?: string, user_id?: string}" },
	{ "EvolutionMessage", "{number?: string, delay?: 0.., quoted?: any, text?: string, mediatype?: string,"
	                      " media?: string, mimetype?: string, caption?: string, fileName?: string,"
	                      " audio?: string, video?: string, sticker?: string, latitude?: number,"
	                      " longitude?: number, name?: string, address?: string, contact?: any, key?: any,"
	                      " reaction?: string, title?: string, description?: string, footer?: string,"
	                      " footerText?: string, buttonText?: string, sections?: any, buttons?: any,"
	                      " language?: string, components?: any}" },
	{ "EvolutionSent", "{key: {remoteJid: string, fromMe: boolean, id: string}, status: 'PENDING', message: any,"
	                   " contextInfo?: {stanzaId: string}, messageType: string, messageTimestamp: 0..,"
	                   " instanceId: string, source: string}" },
	{ "GraphRefusal", "{error: GraphError}" },
	{ "GraphError", "{message: string, type: string, code: integer, error_subcode?: integer,"
	                " is_transient?: boolean, error_data?: {messaging_product: string, details: string},"
	                " fbtrace_id: string}" },
	{ "EvolutionRefusal", "{status: 400..599, error: string, response: {message: any}}" },
	{ "GraphFile", "{messaging_product: 'whatsapp', url: string, mime_type: string, sha256: string,"
	               " file_size: string|integer, id: string}" },
	{ "GraphNumber", "{id: string, display_phone_number?: string, verified_name?: string, quality_rating: string,"
	                 " messaging_limit_tier?: string, status: string}" },
	{ "GraphDone", "{success: boolean}" },
	{ "Contact", "{" CONTACT ", pending?: 0.., sequence?: Enrolled|null}" },
	{ "Conversation", "{" CONTACT ", last_message: Said|null}" },
	{ "Erasure", "{contact: string, at: 0.., by: string, reason: string, messages: 0..}" },
	{ "Enrolled", "{id?: string, state?: string, step: 0.., due_at?: 0..}" },
	{ "Said", "{id: string, direction: 'in'|'out', source: 'customer'|'willaq'|'manual', at?: 0.., type?: string,"
	          " text?: string, state?: string, provider_message_id?: string, reference?: string,"
	          " error?: string, accepted_at?: 0.., sent_at?: 0.., delivered_at?: 0.., read_at?: 0..,"
	          " failed_at?: 0.., message?: any}" },
	{ "Note", "{id: string, at?: 0.., by?: string, text?: string}" },
	{ "ContactWish", "exact {account?: string, phone?: string|null, wa_id?: string|null, user_id?: string|null,"
	                 " parent_id?: string|null, lid?: string|null, username?: string|null, name?: string|null,"
	                 " language?: string|null, timezone?: string|null, assigned?: string|null, tags?: string[],"
	                 " add_tags?: string[], remove_tags?: string[], attributes?: any, opted_out?: boolean,"
	                 " reason?: string|null, revision?: 0..}" },
	{ "Queued", "{id: string, state: 'queued', known: boolean}" },
	{ "Sent", "{id: string, state: string, reference?: string, ledger?: string, provider_message_id?: string,"
	          " attempts: 0.., created_at?: 0.., scheduled_at?: 0.., accepted_at?: 0.., sent_at?: 0..,"
	          " delivered_at?: 0.., read_at?: 0.., played_at?: 0.., failed_at?: 0.., cancelled_at?: 0..,"
	          " unconfirmed_at?: 0.., error?: SendError, price?: any, message?: any, timeline: Moment[]}" },
	{ "SendError", "{code: integer, message?: string}" },
	{ "Moment", "{at: 0.., event?: string, details?: string}" },
	{ "Changed", "{changed: 0..}" },
	{ "DeliveryIssue", "{contact: string, account: string, state: 'watched'|'probable'|'confirmed',"
	                   " certainty: 0..100, undelivered: 0.., since: 0.., blocked_at?: 0..,"
	                   " name?: string, phone?: string, wa_id?: string, user_id?: string,"
	                   " assigned?: string, messages: string[]}" },
	{ "DeliveryRates", "{account: string, delivery: 'normal'|'abnormal', since?: 0.., usually: DeliveryShare,"
	                   " lately: DeliveryShare, waiting: 0.., contacts_in_doubt: 0.., contacts_with_verdict: 0..,"
	                   " probable: VerdictRate, confirmed: VerdictRate}" },
	{ "DeliveryShare", "{sent: 0.., undelivered: 0.., percent: number|null}" },
	{ "VerdictRate", "{passed: 0.., proved_wrong: 0.., taken_back: 0.., false_positive_percent: number|null,"
	                 " promised_percent: 0..100}" },
	{ "State", "'waiting'|'active'|'delayed'|'prioritized'|'waiting-children'|'completed'|'failed'" },
	{ "Queue", "{name: string, paused: boolean, counts: Counts, limits: Limits, finished_last_minute: 0..,"
	           " next_delayed_at: 0.., schedulers: 0.., version: string|null,"
	           " workers?: 0..|null, warning?: string|null}" },
	{ "Counts", "{waiting: 0.., active: 0.., delayed: 0.., prioritized: 0.., waiting-children: 0..,"
	            " completed: 0.., failed: 0..}" },
	{ "Limits", "{concurrency: 0.., max: 0.., duration_ms: 0.., held_ms: integer}" },
	{ "Job", "{id: string, name: string, data?: any, opts?: any, timestamp: integer, delay?: integer,"
	         " priority?: 0.., processed_on?: integer, finished_on?: integer, attempts_made: integer,"
	         " attempts_started: integer, stalls?: integer, progress?: any, returnvalue?: any,"
	         " failed_reason?: string, stacktrace?: any, deferred_failure?: string, scheduler?: string,"
	         " deduplication_id?: string, parent?: string, worker?: string, truncated?: boolean,"
	         " state?: State|'unknown', log_rows?: 0.., locked?: boolean,"
	         " children?: {processed: 0.., pending: 0.., ignored: 0.., failed: 0..}}" },
	{ "NewJob", "exact {name: string, data?: any, opts?: JobOptions}" },
	{ "JobOptions", "{jobId?: string, delay?: number, priority?: 0..2097151, lifo?: boolean, attempts?: 0..,"
	                " backoff?: number|Backoff, removeOnComplete?: boolean|number|Keep,"
	                " removeOnFail?: boolean|number|Keep, keepLogs?: 0.., stackTraceLimit?: 0..,"
	                " sizeLimit?: number, timestamp?: 0.., deduplication?: Deduplication, parent?: Parent,"
	                " failParentOnFailure?: boolean, ignoreDependencyOnFailure?: boolean,"
	                " removeDependencyOnFailure?: boolean, continueParentOnFailure?: boolean}" },
	{ "Backoff", "{type: string, delay?: number, jitter?: number}" },
	{ "Keep", "{age?: number, count?: number, limit?: number}" },
	{ "Deduplication", "{id: string, ttl?: 0.., replace?: boolean, extend?: boolean,"
	                   " keepLastIfActive?: boolean, reschedule?: boolean}" },
	{ "Parent", "{id: string, queue: string}" },
	{ "Added", "{id: string, status: 'added'|'duplicate'|'deduplicated'}" },
	{ "NotAdded", "{code: integer, error: string}" },
	{ "Scheduler", "{id?: string, name?: string, pattern?: string, tz?: string, every_ms?: integer,"
	               " limit?: integer, start_at?: integer, end_at?: integer, next_at?: integer,"
	               " jobs_made?: integer, legacy?: boolean}" },
	{ "Minutes", "{count: 0.., last_minute_closed_at: integer, minutes: integer[]}" },
	{ "Worker", "{name: string, address: string, age_seconds: 0.., idle_seconds: 0.., bullmq4: boolean}" },
	{ "DeadQueue", "{name: string, queue: string, letters: 0.., last_hour: 0.., last_day: 0..,"
	               " oldest_at: 0..|null, newest_at: 0..|null}" },
	{ "Letter", "{id: string, queue: string, job_id: string|null, name: string|null, reason: string|null,"
	            " attempts_made: 0.., failed_at: 0..|null, account: string|null, data: any,"
	            " truncated?: boolean, stacktrace?: any, opts?: any}" },
	{ "LetterGroup", "{reason: string, letters: 0.., first_at: 0..|null, last_at: 0..|null, example: string}" },
	{ "LetterPlan", "{dry_run: boolean, samples: Letter[], total: 0.., seen: 0.., matched: 0.., unread: 0..,"
	                " next_cursor: string|null}" },
	{ "LetterWish", "exact {error?: string, name?: string, account?: string|integer, since?: string|0..,"
	                " until?: string|0.., all?: boolean, rate?: 0..100000, dry_run?: boolean}" },
	{ "LetterRun", "{id: string, queue: string, kind: 'retry'|'clean',"
	               " state: 'running'|'stopping'|'done'|'stopped'|'failed'|'lost', filter: LetterFilter, rate: 0..,"
	               " total: 0.., seen: 0.., matched: 0.., unread: 0.., done: 0.., missed: 0.., started_at: 0..,"
	               " updated_at: 0.., ended_at: 0..|null, error: string|null}" },
	{ "LetterFilter", "{error?: string, name?: string, account?: string, since?: 0.., until?: 0..}" },
	{ "SubscriptionWish", "exact {url?: string, queue?: string, stream?: string, description?: string|null,"
	                      " events?: string[]|null, kinds?: string[]|null, fields?: string[]|null,"
	                      " providers?: string[]|null, accounts?: string[]|null, raw?: boolean,"
	                      " order?: 'strict'|'loose'|null, batch_size?: 1..50, batch_delay_ms?: 0..60000,"
	                      " in_flight?: 1..16, rate?: 0..10000, secret?: string|null}" },
	{ "Subscription", "{id: string, url?: string, queue?: string, stream?: string, description?: string,"
	                  " events?: string[], kinds?: string[], fields?: string[], providers?: string[],"
	                  " accounts?: string[], raw?: boolean, order?: 'strict'|'loose', batch_size?: 1..50,"
	                  " batch_delay_ms?: 0..60000, in_flight?: 1..16, rate?: 0..10000, signed: boolean,"
	                  " sealed: boolean,"
	                  " old_secret_until: 0..|null, state: 'active'|'paused'|'disabled',"
	                  " why: string, revision: 0.., waiting: 0.., next_attempt_at: 0..|null,"
	                  " events_delivered: 0.., attempts_failed: 0.., delivered_at: 0..|null,"
	                  " failing_since: 0..|null, created_at: 0..|null, changed_at: 0..|null, worked: boolean,"
	                  " secret?: string}" },
	{ "Delivery", "{id: string, outcome: 'delivered'|'retried'|'held'|'given up'|'gone', at: 0.., status: 0..,"
	              " took_ms: 0.., attempt: 0.., events: 0.., next_attempt_at: 0..|null, why: string}" },
	{ "WebhookOutcome", "'accepted'|'duplicate'|'partly'|'none'|'refused'" },
	{ "Webhook", "{id: string, received_at: 0.., outcome: WebhookOutcome, peer: string|null,"
	             " provider?: string|null, kinds?: string[], account?: string|null, business?: string|null,"
	             " ids?: string[], new?: 0.., known?: 0.., body_bytes?: 0.., content_type?: string|null,"
	             " body?: any, status?: 0.., code?: string|null, path?: string|null, left_out?: 0..}" },
	{ "WebhookStats", "{kept: 0.., refused_kept: 0.., oldest_at: 0..|null, newest_at: 0..|null, webhooks: 0..,"
	                  " updates: 0.., known: 0.., replayed: 0.., refused: RefusedWebhooks[],"
	                  " looked_at: WebhookTally}" },
	{ "RefusedWebhooks", "{status: 0.., webhooks: 0..}" },
	{ "WebhookTally", "{accepted: 0.., duplicate: 0.., partly: 0.., none: 0.., refused: 0.., updates: 0..,"
	                  " seen: 0.., matched: 0.., next_cursor: string|null}" },
	{ "WebhookWish", "exact {id?: string, account?: string, kind?: string, provider?: string,"
	                 " outcome?: WebhookOutcome, since?: string|0.., until?: string|0.., all?: boolean,"
	                 " rate?: 0..100000, dry_run?: boolean, to?: string, secret?: string}" },
	{ "WebhookPlan", "{dry_run: boolean, samples: Webhook[], seen: 0.., matched: 0.., next_cursor: string|null}" },
	{ "WebhookRun", "{id: string, state: 'running'|'stopping'|'done'|'stopped'|'failed'|'lost', to: string|null,"
	                " filter: WebhookFilter, rate: 0.., seen: 0.., matched: 0.., done: 0.., missed: 0..,"
	                " updates: 0.., started_at: 0.., updated_at: 0.., ended_at: 0..|null, error: string|null}" },
	{ "WebhookFilter", "{id?: string, account?: string, kind?: string, provider?: string,"
	                   " outcome?: WebhookOutcome, since?: 0.., until?: 0..}" },
	{ "Provider", "'cloud'|'evolution'|'twilio'" },
	{ "AccountState", "'ACTIVE'|'SUSPENDED'|'PENDING'" },
	{ "Role", "'viewer'|'agent'|'manager'|'admin'" },
	{ "Account", "{id: string, name: string, business: string|null, provider: Provider,"
	             " source: 'api'|'environment', description?: string, phone_number_id?: string, waba_id?: string,"
	             " portfolio_id?: string,"
	             " instance?: string, account_sid?: string, api_key_sid?: string, number?: string,"
	             " messaging_service_sid?: string, status_url?: string, throughput?: string, profile?: string,"
	             " own_limits?: AccountLimits, buttons?: string, quiet?: QuietHours, keywords?: Keywords,"
	             " hours?: BusinessHours,"
	             " window?: WindowRules, base_url: string,"
	             " state: AccountState, reason: string,"
	             " rank: 'primary'|'default'|'secondary', primary: boolean, default: boolean,"
	             " credentials: AccountCredentials, limits: AccountLimits, quality: string|null,"
	             " tier: string|null, provider_throughput: string|null, display_phone_number: string|null,"
	             " verified_name: string|null, verified: boolean, checked_at: 0..|null, check: string,"
	             " revision: 0.., created_at: 0..|null, changed_at: 0..|null}" },
	{ "AccountHolds", "{held: boolean, reason: string, since: 0..|null, until: 0..|null, templates_held: boolean,"
	                  " templates_until: 0..|null, stopped_templates: StoppedTemplate[]}" },
	{ "StoppedTemplate", "{name: string, language: string, reason: string, since: 0..|null, until: 0..|null}" },
	{ "AccountCredentials", "{usable: boolean, hint: string|null, app_secret: boolean,"
	                        " sealed_with_current_key: boolean}" },
	{ "AccountLimits", "{per_second?: number, burst?: 0.., pair_interval_ms?: 0.., pair_burst?: 0..,"
	                   " people_per_day?: 0.., per_hour?: 0.., per_day?: 0.., jitter_ms?: 0..,"
	                   " warmup_days?: 0..}" },
	{ "QuietHours", "{from: string, until: string, zone: string}" },
	{ "RateCategory", "'marketing'|'utility'|'authentication'|'service'" },
	{ "CanSend", "{canSend: boolean, reason: string, cost: number|null, currency: string, category: RateCategory,"
	             " country: string|null, priceSince: 0..|null, windowUntil: 0..|null, freeUntil: 0..|null,"
	             " optedOutSince: 0..|null, contact: string|null, account: string|null, templates?: any}" },
	{ "Keywords", "{stop?: string[], start?: string[]}" },
	{ "BusinessHours", "{zone: string, people?: boolean, week: any, holidays?: any[]}" },
	{ "WindowRules", "{enforced?: boolean, own_messages?: boolean,"
	                 " when_closed?: 'fail'|'template'|'pending'|'force', template?: any}" },
	{ "NewAccount", "exact {provider: Provider, name: string, business?: string, description?: string,"
	                " phone_number_id?: string, waba_id?: string, portfolio_id?: string, access_token?: string,"
	                " app_secret?: string,"
	                " instance?: string, api_key?: string, account_sid?: string, auth_token?: string,"
	                " api_key_sid?: string, number?: string, messaging_service_sid?: string, base_url?: string,"
	                " status_url?: string, throughput?: string, profile?: string, tier?: string,"
	                " buttons?: string,"
	                " limits?: AccountLimits, quiet?: QuietHours, keywords?: Keywords, hours?: BusinessHours,"
	                " window?: WindowRules, state?: AccountState, reason?: string,"
	                " rank?: 'primary'|'default'|'secondary', verify?: boolean}" },
	{ "AccountWish", "exact {provider?: Provider, name?: string, description?: string|null,"
	                 " phone_number_id?: string, waba_id?: string|null, portfolio_id?: string|null,"
	                 " access_token?: string,"
	                 " app_secret?: string|null, instance?: string, api_key?: string, account_sid?: string,"
	                 " auth_token?: string, api_key_sid?: string|null, number?: string|null,"
	                 " messaging_service_sid?: string|null, base_url?: string|null, status_url?: string|null,"
	                 " throughput?: string|null, profile?: string|null, tier?: string|null,"
	                 " buttons?: string|null,"
	                 " limits?: AccountLimits|null, quiet?: QuietHours|null,"
	                 " hours?: BusinessHours|null, window?: WindowRules|null, keywords?: Keywords|null,"
	                 " state?: AccountState,"
	                 " reason?: string,"
	                 " rank?: 'primary'|'default'|'secondary', verify?: boolean}" },
	{ "Business", "{id: string, name: string|null, created_at?: 0..}" },
	{ "ApiKey", "{id: string, name: string|null, role: Role, business: string|null, created_at: 0..,"
	            " key?: string}" },
	{ "Pending", "{id: string, account: string, state: 'open'|'taken'|'sent'|'skipped'|'done'|'expired',"
	             " reason: string, priority: 1..10, contact: PendingContact, text: string|null, message: any,"
	             " note: string|null, sequence: string|null, step: 0..|null, by: string|null,"
	             " message_id: string|null, created_at: 0..|null, expires_at: 0..|null, changed_at: 0..|null,"
	             " taken_until: 0..|null}" },
	{ "PendingContact", "{id: string, name: string|null, phone: string|null, user_id: string|null,"
	                    " lid: string|null, assigned: string|null, window_open: boolean,"
	                    " window_until: 0..|null, free_until: 0..|null, opted_out: boolean, blocked: boolean}" },
	{ "PendingCounts", "{total: 0.., open: 0.., taken: 0.., oldest_at: 0..|null, by_priority: integer[],"
	                   " by_reason: any}" },
	{ "ProviderTemplate", "{name: string, language: string, id: string|null, status: string|null,"
	                      " category: string|null, quality: string|null, reason: string|null,"
	                      " parameters: 0.., components: any, known_at: 0..|null}" },
	{ "ProviderMapping", "{kind: string, language: string, template: {name: string, language: string},"
	                     " parameters: string[]}" },
	{ "PendingSent", "{id: string, state: 'sent', message_id: string, known: boolean}" },
	{ "SequenceWish", "{id?: string, account?: string, name?: string, description?: string|null,"
	                  " on_answer?: 'pause'|'stop'|'continue'|null, language?: string|null,"
	                  " hours?: 'any'|'business'|null, again?: boolean|null, variables?: any, steps?: any}" },
	{ "Sequence", "{id: string, account: string, name: string, state: 'active'|'paused'|'archived', version: 0..,"
	              " step_count: 0.., on_answer: string, contacts: {active: 0.., answered: 0.., paused: 0..,"
	              " completed: 0.., stopped: 0.., enrolled: 0..}, created_at: 0..|null, changed_at: 0..|null,"
	              " definition?: any}" },
	{ "SequenceVersion", "{version: 0.., created_at: 0..|null, by: string, what: string, step_count: 0..,"
	                     " contacts: 0.., definition?: any}" },
	{ "SequenceChange", "{at: 0.., by: string, what: string, version?: 0..}" },
	{ "Enrolment", "{contact: string, name: string, phone: string, sequence: string, version: 0..,"
	               " state: 'active'|'answered'|'paused'|'completed'|'stopped', reason: string, next_step: 0..,"
	               " due_at: 0..|null, steps_sent: 0.., steps_skipped: 0.., last_message: string, by: string,"
	               " enrolled_at: 0..|null, since: 0..|null}" },
	{ "SequenceRun", "{id: string, what: string, sequence: string|null, tag: string, by: string, reason: string,"
	                 " state: 'running'|'done', looked: 0.., changed: 0.., undoes: string|null,"
	                 " started_at: 0..|null, ended_at: 0..|null}" },
	{ "SequenceBulk", "exact {do: 'enrol'|'pause'|'resume'|'stop'|'move', tag?: string, reason?: string,"
	                  " replace?: boolean, again?: boolean}" },
	{ "ImportedSequence", "{id: string, version: 0..}" },
	{ "EnrolmentWish", "exact {contact?: string, contacts?: string[], replace?: boolean, again?: boolean,"
	                   " start_at?: 0..}" },
	{ "EnrolmentOutcome", "{asked: string, contact?: string|null, outcome: string}" },
	{ NULL, NULL },
};
/* clang-format on */
