CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE cases (
    id VARCHAR(400) NOT NULL,
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    number VARCHAR(200) NOT NULL,
    stage VARCHAR(64) DEFAULT 'new' NOT NULL,
    closed VARCHAR(32),
    open_minor BIGINT DEFAULT '0' NOT NULL,
    currency VARCHAR(3) NOT NULL,
    next_action_at VARCHAR(32),
    needs_attention BOOLEAN DEFAULT '0' NOT NULL,
    "view" TEXT,
    viewed_at VARCHAR(32), due DATE, step VARCHAR(64), zone VARCHAR(64), holds TEXT, open_tasks TEXT, quarantined INTEGER, listed VARCHAR(32), next_action VARCHAR(16), why TEXT, kept_by VARCHAR(32), first_formal BOOLEAN, dates TEXT, dates_from DATE, wakes_at VARCHAR(32), folded VARCHAR(700), debtor_folded VARCHAR(200), partner VARCHAR(64), partner_state VARCHAR(32),
    CONSTRAINT pk_cases PRIMARY KEY (id)
);
CREATE INDEX ix_cases_debtor ON cases (creditor, debtor);
CREATE INDEX ix_cases_number ON cases (creditor, number);
CREATE TABLE creditors (
    id VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    covered_until DATE,
    CONSTRAINT pk_creditors PRIMARY KEY (id)
);
CREATE TABLE deliveries (
    "key" VARCHAR(700) NOT NULL,
    message VARCHAR(400) NOT NULL,
    step VARCHAR(64) NOT NULL,
    issue INTEGER NOT NULL,
    letter VARCHAR(64) NOT NULL,
    channel VARCHAR(16) NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    content BLOB NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    filename_hint TEXT NOT NULL,
    status VARCHAR(16) NOT NULL,
    tries INTEGER DEFAULT '1' NOT NULL,
    intended_at VARCHAR(32) NOT NULL,
    intended_real VARCHAR(32) NOT NULL,
    concluded_at VARCHAR(32),
    reference TEXT,
    reason TEXT,
    crossed BOOLEAN DEFAULT '0' NOT NULL, hashed_key VARCHAR(64), letter_content TEXT, calculation TEXT, template_version VARCHAR(64), enclosed TEXT, partner VARCHAR(64), way VARCHAR(16),
    CONSTRAINT pk_deliveries PRIMARY KEY ("key")
);
CREATE INDEX ix_deliveries_message ON deliveries (message);
CREATE TABLE inbox (
    seq INTEGER NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    id VARCHAR(700) NOT NULL,
    name VARCHAR(200) NOT NULL,
    body BLOB,
    problem TEXT,
    answered BOOLEAN DEFAULT '0' NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    recorded_at VARCHAR(32),
    refusal TEXT, "by" TEXT,
    CONSTRAINT pk_inbox PRIMARY KEY (seq),
    CONSTRAINT uq_inbox_case_id UNIQUE (case_id, id)
);
CREATE INDEX ix_inbox_waiting ON inbox (recorded_at, case_id);
CREATE TABLE policies (
    name VARCHAR(100) NOT NULL,
    version INTEGER NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_policies PRIMARY KEY (name, version)
);
CREATE TABLE quarantine (
    case_id VARCHAR(400) NOT NULL,
    id VARCHAR(700) NOT NULL,
    name VARCHAR(200) NOT NULL,
    body BLOB,
    sha256 VARCHAR(64) NOT NULL,
    error TEXT NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    settled VARCHAR(16),
    CONSTRAINT pk_quarantine PRIMARY KEY (case_id, id)
);
CREATE TABLE debtors (
    creditor VARCHAR(64) NOT NULL,
    id VARCHAR(200) NOT NULL,
    body TEXT NOT NULL, folded VARCHAR(400),
    CONSTRAINT pk_debtors PRIMARY KEY (creditor, id),
    CONSTRAINT fk_debtors_creditor FOREIGN KEY(creditor) REFERENCES creditors (id)
);
CREATE TABLE delivery_cases (
    "key" VARCHAR(700) NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    CONSTRAINT pk_delivery_cases PRIMARY KEY ("key", case_id),
    CONSTRAINT fk_delivery_cases_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_delivery_cases_key FOREIGN KEY("key") REFERENCES deliveries ("key")
);
CREATE INDEX ix_delivery_cases_case_id ON delivery_cases (case_id);
CREATE TABLE documents (
    case_id VARCHAR(400) NOT NULL,
    name VARCHAR(400) NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    content BLOB NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (case_id, name),
    CONSTRAINT fk_documents_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE facts (
    seq INTEGER NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    id VARCHAR(700) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_facts PRIMARY KEY (seq),
    CONSTRAINT fk_facts_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT uq_facts_case_id UNIQUE (case_id, id)
);
CREATE INDEX ix_facts_case_id ON facts (case_id, seq);
CREATE TABLE ledger_entries (
    case_id VARCHAR(400) NOT NULL,
    id VARCHAR(400) NOT NULL,
    "of" VARCHAR(400),
    kind VARCHAR(32) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    credited_on DATE NOT NULL,
    known_on DATE NOT NULL, source VARCHAR(64),
    CONSTRAINT pk_ledger_entries PRIMARY KEY (case_id, id),
    CONSTRAINT fk_ledger_entries_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE starts (
    case_id VARCHAR(400) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    started_at VARCHAR(32),
    CONSTRAINT pk_starts PRIMARY KEY (case_id),
    CONSTRAINT fk_starts_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE tasks (
    case_id VARCHAR(400) NOT NULL,
    id VARCHAR(400) NOT NULL,
    kind VARCHAR(100) NOT NULL,
    step VARCHAR(64),
    raised_on DATE NOT NULL,
    done_on DATE,
    outcome TEXT, again_on DATE, again_at VARCHAR(5),
    CONSTRAINT pk_tasks PRIMARY KEY (case_id, id),
    CONSTRAINT fk_tasks_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE unallocated_credits (
    creditor VARCHAR(64) NOT NULL,
    id VARCHAR(400) NOT NULL,
    number VARCHAR(200) NOT NULL,
    issued_on DATE NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    names TEXT NOT NULL,
    reason TEXT NOT NULL,
    file TEXT NOT NULL,
    content BLOB NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    case_id VARCHAR(400),
    allocated_at VARCHAR(32),
    CONSTRAINT pk_unallocated_credits PRIMARY KEY (creditor, id),
    CONSTRAINT fk_unallocated_credits_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_unallocated_credits_creditor FOREIGN KEY(creditor) REFERENCES creditors (id)
);
CREATE TABLE remarks (
    case_id VARCHAR(400) NOT NULL,
    document VARCHAR(400) NOT NULL,
    position INTEGER NOT NULL,
    place TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_remarks PRIMARY KEY (case_id, document, position),
    CONSTRAINT fk_remarks_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE mail_events (
    id VARCHAR(200) NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    reference VARCHAR(200) NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_mail_events PRIMARY KEY (id)
);
CREATE INDEX ix_mail_events_key ON mail_events ("key", at);
CREATE INDEX ix_deliveries_hashed_key ON deliveries (hashed_key);
CREATE TABLE identity (
    "row" INTEGER NOT NULL,
    id VARCHAR(32) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    epoch BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_identity PRIMARY KEY ("row")
);
CREATE TABLE secrets (
    name VARCHAR(64) NOT NULL,
    secret VARCHAR(200) NOT NULL,
    CONSTRAINT pk_secrets PRIMARY KEY (name)
);
CREATE TABLE searched_runs (
    run_id VARCHAR(64) NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    ended VARCHAR(32) NOT NULL,
    searched_at VARCHAR(32) NOT NULL,
    found INTEGER NOT NULL,
    rescued INTEGER NOT NULL,
    CONSTRAINT pk_searched_runs PRIMARY KEY (run_id)
);
CREATE INDEX ix_searched_runs_case_id ON searched_runs (case_id);
CREATE TABLE papers (
    case_id VARCHAR(400) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    name VARCHAR(400) NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    content BLOB NOT NULL,
    about VARCHAR(200) NOT NULL,
    actor VARCHAR(200) NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_papers PRIMARY KEY (case_id, sha256),
    CONSTRAINT fk_papers_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_deliveries_address ON deliveries (lower(recipient), intended_real) WHERE channel = 'email';
CREATE INDEX ix_deliveries_reference ON deliveries (reference) WHERE channel = 'email';
CREATE INDEX ix_mail_events_reference ON mail_events (reference);
CREATE TABLE taken_lists (
    creditor VARCHAR(64) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    taken_at VARCHAR(32) NOT NULL,
    name TEXT NOT NULL,
    invoices INTEGER NOT NULL,
    CONSTRAINT pk_taken_lists PRIMARY KEY (creditor, taken_at, sha256)
);
CREATE TABLE debtor_statuses (
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    report VARCHAR(200) NOT NULL,
    status VARCHAR(32) NOT NULL,
    since DATE NOT NULL,
    reported_on DATE NOT NULL,
    proven BOOLEAN DEFAULT '0' NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    ended_on DATE,
    ended_for VARCHAR(32),
    ended_by TEXT NOT NULL,
    ended_note TEXT NOT NULL,
    CONSTRAINT pk_debtor_statuses PRIMARY KEY (creditor, debtor, report)
);
CREATE TABLE debtor_money (
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    id VARCHAR(400) NOT NULL,
    "of" VARCHAR(400) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    credited_on DATE NOT NULL,
    known_on DATE NOT NULL,
    reference TEXT NOT NULL,
    actor TEXT NOT NULL,
    case_id VARCHAR(400),
    recorded_at VARCHAR(32) NOT NULL, method VARCHAR(16),
    CONSTRAINT pk_debtor_money PRIMARY KEY (creditor, debtor, id),
    CONSTRAINT fk_debtor_money_creditor FOREIGN KEY(creditor) REFERENCES creditors (id),
    CONSTRAINT fk_debtor_money_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE provider_events (
    seq INTEGER NOT NULL,
    provider VARCHAR(32) NOT NULL,
    id VARCHAR(200) NOT NULL,
    body BLOB NOT NULL,
    about VARCHAR(200) NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    knocks INTEGER DEFAULT '1' NOT NULL,
    read_at VARCHAR(32),
    outcome VARCHAR(32),
    problem TEXT,
    tries INTEGER DEFAULT '0' NOT NULL,
    next_try_at VARCHAR(32), link VARCHAR(64),
    CONSTRAINT pk_provider_events PRIMARY KEY (seq),
    CONSTRAINT uq_provider_events_provider UNIQUE (provider, id)
);
CREATE INDEX ix_provider_events_read_at ON provider_events (read_at, seq);
CREATE TABLE provider_payments (
    id VARCHAR(200) NOT NULL,
    provider VARCHAR(32) NOT NULL,
    status VARCHAR(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    state_at VARCHAR(32),
    expected_on DATE,
    method VARCHAR(64) NOT NULL,
    designation TEXT NOT NULL,
    creditor VARCHAR(64),
    debtor VARCHAR(200),
    case_id VARCHAR(400),
    reason TEXT NOT NULL,
    guesses TEXT NOT NULL,
    actor TEXT NOT NULL,
    held TEXT NOT NULL,
    first_at VARCHAR(32) NOT NULL,
    changed_at VARCHAR(32) NOT NULL, payer_mark VARCHAR(32),
    CONSTRAINT pk_provider_payments PRIMARY KEY (id),
    CONSTRAINT fk_provider_payments_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_provider_payments_status ON provider_payments (status, first_at);
CREATE TABLE provider_movements (
    payment VARCHAR(200) NOT NULL,
    id VARCHAR(300) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    "on" DATE NOT NULL,
    at VARCHAR(32) NOT NULL,
    "of" VARCHAR(300),
    reason TEXT NOT NULL,
    known_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_provider_movements PRIMARY KEY (payment, id),
    CONSTRAINT fk_provider_movements_payment FOREIGN KEY(payment) REFERENCES provider_payments (id)
);
CREATE TABLE payment_references (
    reference VARCHAR(64) NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    CONSTRAINT pk_payment_references PRIMARY KEY (reference, case_id),
    CONSTRAINT fk_payment_references_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE TABLE api_keys (
    id VARCHAR(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    role VARCHAR(16) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32),
    revoked_at VARCHAR(32), creditors TEXT, user_id VARCHAR(16),
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT uq_api_keys_sha256 UNIQUE (sha256)
);
CREATE TABLE audit (
    seq INTEGER NOT NULL,
    at VARCHAR(32) NOT NULL,
    key_id VARCHAR(16) NOT NULL,
    actor TEXT NOT NULL,
    act VARCHAR(100) NOT NULL,
    subject VARCHAR(700) NOT NULL,
    outcome VARCHAR(32) NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_subject ON audit (subject, seq);
CREATE TABLE idempotent_answers (
    key_id VARCHAR(16) NOT NULL,
    idempotency_key VARCHAR(200) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    begun_at VARCHAR(32) NOT NULL,
    audit_seq INTEGER NOT NULL,
    status INTEGER,
    body TEXT,
    CONSTRAINT pk_idempotent_answers PRIMARY KEY (key_id, idempotency_key)
);
CREATE INDEX ix_idempotent_answers_begun_at ON idempotent_answers (begun_at);
CREATE TABLE pay_tokens (
    id VARCHAR(16) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    case_id VARCHAR(400),
    made_by VARCHAR(200) NOT NULL,
    made_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    revoked_at VARCHAR(32),
    CONSTRAINT pk_pay_tokens PRIMARY KEY (id),
    CONSTRAINT uq_pay_tokens_sha256 UNIQUE (sha256),
    CONSTRAINT fk_pay_tokens_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_pay_tokens_debtor ON pay_tokens (creditor, debtor, made_at);
CREATE TABLE payment_links (
    provider VARCHAR(32) NOT NULL,
    id VARCHAR(200) NOT NULL,
    token VARCHAR(16) NOT NULL,
    cases TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    url TEXT NOT NULL,
    made_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    ended_at VARCHAR(32), proof VARCHAR(64),
    CONSTRAINT pk_payment_links PRIMARY KEY (provider, id),
    CONSTRAINT fk_payment_links_token FOREIGN KEY(token) REFERENCES pay_tokens (id)
);
CREATE INDEX ix_payment_links_token ON payment_links (token, made_at);
CREATE TABLE phone_events (
    id VARCHAR(100) NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    channel VARCHAR(16) NOT NULL,
    sid VARCHAR(64) NOT NULL,
    status VARCHAR(32) NOT NULL,
    rank INTEGER NOT NULL,
    code INTEGER,
    answered_by VARCHAR(32),
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_phone_events PRIMARY KEY (id)
);
CREATE INDEX ix_phone_events_key ON phone_events ("key", rank);
CREATE TABLE channel_stops (
    event VARCHAR(200) NOT NULL,
    channel VARCHAR(16) NOT NULL,
    reason TEXT NOT NULL,
    since VARCHAR(32) NOT NULL,
    ended_at VARCHAR(32),
    ended_by VARCHAR(200),
    CONSTRAINT pk_channel_stops PRIMARY KEY (event)
);
CREATE INDEX ix_channel_stops_channel ON channel_stops (channel, ended_at);
CREATE TABLE blocked_addresses (
    channel VARCHAR(16) NOT NULL,
    address VARCHAR(400) NOT NULL,
    reason TEXT NOT NULL,
    since VARCHAR(32) NOT NULL,
    source VARCHAR(200) NOT NULL,
    CONSTRAINT pk_blocked_addresses PRIMARY KEY (channel, address)
);
CREATE TABLE reply_tokens (
    token VARCHAR(64) NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    message VARCHAR(400) NOT NULL,
    CONSTRAINT pk_reply_tokens PRIMARY KEY (token, case_id),
    CONSTRAINT fk_reply_tokens_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_reply_tokens_message ON reply_tokens (message);
CREATE TABLE replies (
    id VARCHAR(100) NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    case_id VARCHAR(400),
    sender VARCHAR(400) NOT NULL,
    subject TEXT NOT NULL,
    automatic BOOLEAN NOT NULL,
    files INTEGER NOT NULL,
    settled_at VARCHAR(32),
    settled_by VARCHAR(200),
    CONSTRAINT pk_replies PRIMARY KEY (id)
);
CREATE INDEX ix_replies_case_id ON replies (case_id, settled_at);
CREATE TABLE reply_files (
    reply VARCHAR(100) NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR(400) NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_reply_files PRIMARY KEY (reply, position),
    CONSTRAINT fk_reply_files_reply FOREIGN KEY(reply) REFERENCES replies (id)
);
CREATE TABLE subscribers (
    name VARCHAR(64) NOT NULL,
    host VARCHAR(300) NOT NULL,
    kinds TEXT NOT NULL,
    set_at VARCHAR(32) NOT NULL,
    ended_at VARCHAR(32),
    stopped_at VARCHAR(32),
    stopped_why TEXT,
    CONSTRAINT pk_subscribers PRIMARY KEY (name)
);
CREATE TABLE outgoing_events (
    seq INTEGER NOT NULL,
    subscriber VARCHAR(64) NOT NULL,
    id VARCHAR(64) NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    happened_at VARCHAR(32) NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    next_try_at VARCHAR(32),
    settled_at VARCHAR(32),
    outcome VARCHAR(16),
    problem TEXT,
    CONSTRAINT pk_outgoing_events PRIMARY KEY (seq),
    CONSTRAINT uq_outgoing_events_subscriber UNIQUE (subscriber, id),
    CONSTRAINT fk_outgoing_events_subscriber FOREIGN KEY(subscriber) REFERENCES subscribers (name)
);
CREATE INDEX ix_outgoing_events_settled_at ON outgoing_events (settled_at, subscriber, seq);
CREATE INDEX ix_outgoing_events_outcome ON outgoing_events (outcome, seq);
CREATE INDEX ix_outgoing_events_case_id ON outgoing_events (subscriber, case_id, settled_at, seq);
CREATE TABLE users (
    id VARCHAR(16) NOT NULL,
    login VARCHAR(200) NOT NULL,
    name VARCHAR(200) NOT NULL,
    role VARCHAR(16) NOT NULL,
    language VARCHAR(2) NOT NULL,
    keys BOOLEAN DEFAULT '1' NOT NULL,
    password TEXT,
    created_at VARCHAR(32) NOT NULL,
    disabled_at VARCHAR(32), creditors TEXT, issuer VARCHAR(400), subject VARCHAR(400),
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_login UNIQUE (login)
);
CREATE TABLE desk_sessions (
    sha256 VARCHAR(64) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    seen_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_desk_sessions PRIMARY KEY (sha256)
);
CREATE INDEX ix_desk_sessions_user_id ON desk_sessions (user_id);
CREATE TABLE sign_in_links (
    sha256 VARCHAR(64) NOT NULL,
    user_id VARCHAR(16),
    created_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    used_at VARCHAR(32),
    CONSTRAINT pk_sign_in_links PRIMARY KEY (sha256)
);
CREATE TABLE case_notes (
    id VARCHAR(64) NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    at VARCHAR(32) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    withdrawn_at VARCHAR(32),
    CONSTRAINT pk_case_notes PRIMARY KEY (id),
    CONSTRAINT fk_case_notes_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_case_notes_case_id ON case_notes (case_id);
CREATE TABLE sending_stops (
    id VARCHAR(64) NOT NULL,
    since DATE NOT NULL,
    until DATE NOT NULL,
    reason TEXT NOT NULL,
    actor VARCHAR(200) NOT NULL,
    placed_at VARCHAR(32) NOT NULL,
    ended_at VARCHAR(32),
    ended_by VARCHAR(200),
    CONSTRAINT pk_sending_stops PRIMARY KEY (id)
);
CREATE INDEX ix_sending_stops_until ON sending_stops (until);
CREATE TABLE planned_sends (
    day DATE NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    step VARCHAR(64) NOT NULL,
    planned_on DATE NOT NULL,
    open_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    CONSTRAINT pk_planned_sends PRIMARY KEY (day, case_id)
);
CREATE INDEX ix_cases_dates_from ON cases (dates_from);
CREATE INDEX ix_cases_kept_by ON cases (kept_by) WHERE kept_by IS NOT NULL;
CREATE INDEX ix_tasks_open ON tasks (raised_on, kind) WHERE done_on IS NULL;
CREATE INDEX ix_ledger_entries_known_on ON ledger_entries (known_on, kind);
CREATE INDEX ix_facts_promises ON facts (seq) WHERE kind IN ('promise_made', 'promise_judged');
CREATE INDEX ix_deliveries_under_way ON deliveries (status) WHERE status IN ('intended', 'unknown');
CREATE INDEX ix_payment_links_proof ON payment_links (proof);
CREATE TABLE payment_runs (
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    day INTEGER,
    told_at VARCHAR(32) NOT NULL,
    fact VARCHAR(700) NOT NULL,
    CONSTRAINT pk_payment_runs PRIMARY KEY (creditor, debtor)
);
CREATE INDEX ix_cases_stale ON cases (id) WHERE folded IS NULL OR (viewed_at IS NOT NULL AND (listed IS NULL OR listed <> viewed_at));
CREATE INDEX ix_cases_unseen ON cases (id, listed) WHERE viewed_at IS NULL;
CREATE INDEX ix_debtors_unfolded ON debtors (creditor, id) WHERE folded IS NULL;
CREATE INDEX ix_cases_asked ON cases (currency, closed, due, open_minor, stage, needs_attention, holds, open_tasks, folded, debtor_folded, number, id, next_action_at, creditor, debtor);
CREATE INDEX ix_cases_asked_by_debtor ON cases (creditor, debtor, closed, due, open_minor, stage, needs_attention, holds, open_tasks, folded, debtor_folded, currency);
CREATE INDEX ix_debtors_folded ON debtors (creditor, id, folded);
CREATE TABLE saved_views (
    id VARCHAR(16) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    list VARCHAR(32) NOT NULL,
    name VARCHAR(100) NOT NULL,
    "query" TEXT NOT NULL,
    shared BOOLEAN DEFAULT '0' NOT NULL,
    kept_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (id)
);
CREATE INDEX ix_saved_views_user_id ON saved_views (user_id);
CREATE TABLE debtor_assignments (
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_debtor_assignments PRIMARY KEY (creditor, debtor)
);
CREATE INDEX ix_debtor_assignments_user_id ON debtor_assignments (user_id, creditor, debtor);
CREATE TABLE task_assignments (
    case_id VARCHAR(400) NOT NULL,
    task VARCHAR(400) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_task_assignments PRIMARY KEY (case_id, task)
);
CREATE INDEX ix_task_assignments_user_id ON task_assignments (user_id, case_id);
CREATE TABLE bulk_jobs (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    actor TEXT NOT NULL,
    act VARCHAR(64) NOT NULL,
    content TEXT NOT NULL,
    "query" TEXT NOT NULL,
    begun_at VARCHAR(32) NOT NULL,
    ended_at VARCHAR(32),
    stopped_by TEXT,
    audit_seq INTEGER NOT NULL,
    seen TEXT NOT NULL,
    alive_at VARCHAR(32),
    CONSTRAINT pk_bulk_jobs PRIMARY KEY (id)
);
CREATE INDEX ix_bulk_jobs_begun_at ON bulk_jobs (begun_at);
CREATE INDEX ix_bulk_jobs_under_way ON bulk_jobs (id) WHERE ended_at IS NULL;
CREATE TABLE bulk_cases (
    job VARCHAR(64) NOT NULL,
    position INTEGER NOT NULL,
    case_id VARCHAR(400) NOT NULL,
    mark VARCHAR(64),
    outcome VARCHAR(16),
    says TEXT,
    done_at VARCHAR(32),
    CONSTRAINT pk_bulk_cases PRIMARY KEY (job, position),
    CONSTRAINT fk_bulk_cases_job FOREIGN KEY(job) REFERENCES bulk_jobs (id)
);
CREATE INDEX ix_bulk_cases_outcome ON bulk_cases (job, outcome, position);
CREATE TABLE call_claims (
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    actor TEXT NOT NULL,
    until VARCHAR(32) NOT NULL,
    CONSTRAINT pk_call_claims PRIMARY KEY (creditor, debtor)
);
CREATE TABLE debtor_credit (
    creditor VARCHAR(64) NOT NULL,
    debtor VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_debtor_credit PRIMARY KEY (creditor, debtor)
);
CREATE TABLE uploads (
    id VARCHAR(32) NOT NULL,
    creditor VARCHAR(64) NOT NULL,
    user_id VARCHAR(16) NOT NULL,
    actor VARCHAR(200) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    names TEXT NOT NULL,
    complete BOOLEAN NOT NULL,
    state VARCHAR(16) NOT NULL,
    problem TEXT NOT NULL,
    result TEXT,
    made_at VARCHAR(32) NOT NULL,
    touched_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_uploads PRIMARY KEY (id)
);
CREATE INDEX ix_uploads_creditor_made_at ON uploads (creditor, made_at);
CREATE TABLE upload_files (
    upload_id VARCHAR(32) NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    beside BOOLEAN NOT NULL,
    CONSTRAINT pk_upload_files PRIMARY KEY (upload_id, place),
    CONSTRAINT fk_upload_files_upload_id FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE TABLE list_readings (
    creditor VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_list_readings PRIMARY KEY (creditor)
);
CREATE TABLE kept_mappings (
    creditor VARCHAR(64) NOT NULL,
    name VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    actor VARCHAR(200) NOT NULL,
    kept_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_kept_mappings PRIMARY KEY (creditor, name)
);
CREATE UNIQUE INDEX ix_users_subject ON users (issuer, subject);
CREATE TABLE wrong_passwords (
    seq INTEGER NOT NULL,
    at VARCHAR(32) NOT NULL,
    login VARCHAR(64) NOT NULL,
    address VARCHAR(64) NOT NULL,
    CONSTRAINT pk_wrong_passwords PRIMARY KEY (seq)
);
CREATE INDEX ix_wrong_passwords_login ON wrong_passwords (login, address, at);
CREATE INDEX ix_wrong_passwords_address ON wrong_passwords (address, at);
CREATE INDEX ix_cases_standing ON cases (closed, currency, stage, holds, due, open_minor, next_action_at, creditor);
CREATE INDEX ix_cases_next_action_at ON cases (next_action, next_action_at, closed, currency, step, open_minor, first_formal, creditor);
CREATE INDEX ix_cases_due ON cases (due, creditor, id);
CREATE INDEX ix_ledger_entries_credited_on ON ledger_entries (credited_on, currency, kind, amount_minor, case_id, id);
CREATE INDEX ix_deliveries_concluded_at ON deliveries (concluded_at, status, step, issue, "key");
CREATE INDEX ix_ledger_entries_of_case ON ledger_entries (case_id, credited_on, currency, amount_minor);
CREATE TABLE "standings" (
    day DATE NOT NULL,
    "of" VARCHAR(8) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    creditor VARCHAR(64) DEFAULT '' NOT NULL,
    number INTEGER NOT NULL,
    open_minor BIGINT NOT NULL,
    CONSTRAINT pk_standings_kept PRIMARY KEY (day, "of", kind, currency, creditor)
);
CREATE INDEX ix_provider_payments_payer_mark ON provider_payments (payer_mark) WHERE payer_mark IS NOT NULL;
CREATE INDEX ix_cases_partner_state ON cases (partner_state) WHERE partner_state IS NOT NULL;
CREATE TABLE remittances (
    creditor VARCHAR(64) NOT NULL,
    partner VARCHAR(64) NOT NULL,
    number VARCHAR(100) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    "on" DATE NOT NULL,
    total_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    result TEXT NOT NULL,
    actor TEXT NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_remittances PRIMARY KEY (creditor, partner, number)
);
CREATE TABLE remitted (
    case_id VARCHAR(400) NOT NULL,
    entry VARCHAR(400) NOT NULL,
    creditor VARCHAR(64) NOT NULL,
    partner VARCHAR(64) NOT NULL,
    number VARCHAR(100) NOT NULL,
    CONSTRAINT pk_remitted PRIMARY KEY (case_id, entry)
);
CREATE INDEX ix_deliveries_partner ON deliveries (partner, reference) WHERE partner IS NOT NULL;
CREATE TABLE agency_reports (
    seq INTEGER NOT NULL,
    partner VARCHAR(64) NOT NULL,
    id VARCHAR(300) NOT NULL,
    body TEXT NOT NULL,
    came_by VARCHAR(16) NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    next_try_at VARCHAR(32),
    settled_at VARCHAR(32),
    outcome VARCHAR(16),
    problem TEXT,
    CONSTRAINT pk_agency_reports PRIMARY KEY (seq),
    CONSTRAINT uq_agency_reports_partner UNIQUE (partner, id)
);
CREATE INDEX ix_agency_reports_open ON agency_reports (seq) WHERE settled_at IS NULL;
CREATE TABLE agency_cursors (
    partner VARCHAR(64) NOT NULL,
    cursor TEXT NOT NULL,
    read_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_agency_cursors PRIMARY KEY (partner)
);
CREATE TABLE agency_files (
    partner VARCHAR(64) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    name TEXT NOT NULL,
    taken_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_agency_files PRIMARY KEY (partner, sha256)
);
CREATE TABLE agency_links (
    id VARCHAR(32) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    delivery VARCHAR(700) NOT NULL,
    partner VARCHAR(64) NOT NULL,
    made_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    revoked_at VARCHAR(32),
    wrong INTEGER DEFAULT '0' NOT NULL,
    fetched INTEGER DEFAULT '0' NOT NULL,
    fetched_at VARCHAR(32),
    CONSTRAINT pk_agency_links PRIMARY KEY (id),
    CONSTRAINT uq_agency_links_sha256 UNIQUE (sha256)
);
CREATE INDEX ix_agency_links_delivery ON agency_links (delivery);
CREATE TABLE begun_imports (
    creditor VARCHAR(64) NOT NULL,
    import_name VARCHAR(32) NOT NULL,
    begun_at VARCHAR(32) NOT NULL,
    rows INTEGER NOT NULL,
    done INTEGER NOT NULL,
    CONSTRAINT pk_begun_imports PRIMARY KEY (creditor, import_name)
);
CREATE TABLE partner_transfers (
    payment VARCHAR(200) NOT NULL,
    creditor VARCHAR(64) NOT NULL,
    partner VARCHAR(64) NOT NULL,
    number VARCHAR(100) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    "on" DATE NOT NULL,
    actor TEXT NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_partner_transfers PRIMARY KEY (payment),
    CONSTRAINT uq_partner_transfers_creditor UNIQUE (creditor, partner, number),
    CONSTRAINT fk_partner_transfers_payment FOREIGN KEY(payment) REFERENCES provider_payments (id)
);
INSERT INTO alembic_version (version_num) VALUES ('0044');
