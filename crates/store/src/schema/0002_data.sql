-- Ids are 16 bytes, times microseconds since 1970, words TEXT. Whatever is personal is in a column named `sealed`,
-- encrypted; what stands in clear are ids, kinds, states, times and counters.

-- Who may ask.

CREATE TABLE tenants (
    id BYTES NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sandbox BIGINT NOT NULL,
    power BIGINT NOT NULL,
    settings TEXT NOT NULL,
    -- The settings that are secrets.
    sealed BYTES,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE credentials (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    kind TEXT NOT NULL,
    public_id TEXT NOT NULL,
    secret_hash BYTES NOT NULL,
    -- The dialects it is good for, each followed by a comma; for all, if there is none.
    scopes TEXT,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
-- A caller names its credential before it is known whose it is.
CREATE UNIQUE INDEX credentials_id ON credentials (id);
CREATE UNIQUE INDEX credentials_public_id ON credentials (public_id);
CREATE UNIQUE INDEX credentials_secret_hash ON credentials (secret_hash);

CREATE TABLE tokens (
    hash BYTES NOT NULL PRIMARY KEY,
    tenant_id BYTES NOT NULL,
    credential_id BYTES NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_expires_at ON tokens (expires_at);

-- People who sign in. `email_token` is the tenant's keyed token of the address, never the address.

CREATE TABLE users (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    email_token BYTES NOT NULL,
    failed_attempts BIGINT NOT NULL,
    locked_until BIGINT,
    created_at BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX users_email_token ON users (tenant_id, email_token);
CREATE INDEX users_customer ON users (tenant_id, customer_id);

CREATE TABLE sessions (
    hash BYTES NOT NULL PRIMARY KEY,
    tenant_id BYTES NOT NULL,
    user_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE email_tokens (
    tenant_id BYTES NOT NULL,
    user_id BYTES NOT NULL,
    hash BYTES NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) WITHOUT ROWID;
CREATE INDEX email_tokens_expires_at ON email_tokens (expires_at);

-- A token names its key before it is known whose it is.
CREATE TABLE signing_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    tenant_id BYTES NOT NULL,
    algorithm TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    sealed BYTES NOT NULL
);
CREATE INDEX signing_keys_tenant ON signing_keys (tenant_id, algorithm, created_at);
CREATE INDEX signing_keys_algorithm ON signing_keys (algorithm, created_at);

-- What a tenant distinguishes, where it is not the default; and how many account numbers an issuer has given.

CREATE TABLE hierarchies (
    tenant_id BYTES NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE account_numbers (
    issuer TEXT NOT NULL PRIMARY KEY,
    used BIGINT NOT NULL
);

-- The aggregate.

CREATE TABLE customers (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    version BIGINT NOT NULL,
    event_count BIGINT NOT NULL,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    cif_number TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- The customer's tokens in customer_index, one after the other: what to remove when they change.
    tokens BYTES NOT NULL,
    -- What it is linked by, as `network` packs it: a byte for the flag, then a scope and a token each.
    links BYTES NOT NULL,
    -- The generation of lists it was last screened against, and the one it has to be; 0 for none yet.
    screened_generation BIGINT NOT NULL,
    due_generation BIGINT NOT NULL,
    risk_level TEXT,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX customers_behind ON customers (tenant_id, id) WHERE screened_generation < due_generation;
CREATE UNIQUE INDEX customers_cif_number ON customers (tenant_id, cif_number);
CREATE INDEX customers_created_at ON customers (tenant_id, created_at, id);

-- Risk models, each version as it was written, and which was in force when. Activations are only added.

CREATE TABLE risk_models (
    tenant_id BYTES NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    model TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, version)
);

CREATE TABLE risk_activations (
    tenant_id BYTES NOT NULL,
    number BIGINT NOT NULL,
    version BIGINT NOT NULL,
    effective_from BIGINT NOT NULL,
    activated_by TEXT NOT NULL,
    activated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

CREATE TABLE customer_index (
    tenant_id BYTES NOT NULL,
    token BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    PRIMARY KEY (tenant_id, token, customer_id)
) WITHOUT ROWID;

-- What evaluated customers share, by keyed token, newest last: within a tenant, and between the tenants of the house that
-- take part in the network. The latter's tokens are of a key of the house, and nothing else is told of anybody.

CREATE TABLE customer_links (
    tenant_id BYTES NOT NULL,
    token BYTES NOT NULL,
    created_at BIGINT NOT NULL,
    customer_id BYTES NOT NULL,
    flagged BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token, created_at, customer_id)
) WITHOUT ROWID;
CREATE INDEX customer_links_flagged ON customer_links (tenant_id, token) WHERE flagged = 1;

CREATE TABLE network_links (
    token BYTES NOT NULL,
    created_at BIGINT NOT NULL,
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    flagged BIGINT NOT NULL,
    PRIMARY KEY (token, created_at, tenant_id, customer_id)
) WITHOUT ROWID;
CREATE INDEX network_links_flagged ON network_links (token) WHERE flagged = 1;

CREATE TABLE network_members (
    tenant_id BYTES NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE checks (
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, kind)
) WITHOUT ROWID;

CREATE TABLE cases (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    questions BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    priority TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    assignee TEXT,
    awaits_confirmation BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- An operator of the house opens a case without naming its tenant.
CREATE UNIQUE INDEX cases_id ON cases (id);
CREATE INDEX cases_customer ON cases (tenant_id, customer_id);
CREATE INDEX cases_state ON cases (state, opened_at, id);
CREATE INDEX cases_opened_at ON cases (tenant_id, opened_at, id);
-- A customer has one case that is not closed; who opens a second one meanwhile meets a conflict.
CREATE UNIQUE INDEX cases_unclosed ON cases (tenant_id, customer_id) WHERE state <> 'closed';

CREATE TABLE evidence (
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    id BYTES NOT NULL,
    taken_at BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, id)
);

-- Files, sealed with the customer's key in pieces; `sealed` of the file itself is its name.

CREATE TABLE files (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    purpose TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    digest BYTES NOT NULL,
    created_at BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX files_customer ON files (tenant_id, customer_id, created_at, id);

CREATE TABLE file_chunks (
    tenant_id BYTES NOT NULL,
    file_id BYTES NOT NULL,
    chunk BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, file_id, chunk)
);

-- What leads to a customer whoever comes without a credential: a device, a page. Only the hash of a handle is kept.

CREATE TABLE handles (
    hash BYTES NOT NULL PRIMARY KEY,
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    kind TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
) WITHOUT ROWID;
CREATE INDEX handles_customer ON handles (tenant_id, customer_id);

-- Whose a booked account number is, by a token of the house's key: money that comes in names no tenant. And which money
-- came in, by the keyed digest of its sender's id.

CREATE TABLE booked_accounts (
    token BYTES NOT NULL PRIMARY KEY,
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL
) WITHOUT ROWID;
CREATE INDEX booked_accounts_customer ON booked_accounts (tenant_id, customer_id);

CREATE TABLE inbound_transfers (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    fingerprint BYTES NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX inbound_transfers_customer ON inbound_transfers (tenant_id, customer_id);

-- Answers that may have to be given twice.

CREATE TABLE answers (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    fingerprint BYTES NOT NULL,
    status BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    kept_until BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX answers_kept_until ON answers (kept_until);

-- When something was last accepted about one of a sender's own customers; `token` is that of its id in customer_index.

CREATE TABLE paces (
    tenant_id BYTES NOT NULL,
    token BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token)
) WITHOUT ROWID;

-- Work. One row a (customer, kind): `again` says that more came while it was running. `due_at` is when it may next be
-- claimed: for leased work, when the lease ends.

CREATE TABLE jobs (
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    kind TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    attempt_id BYTES,
    again BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, kind)
) WITHOUT ROWID;
CREATE INDEX jobs_due_at ON jobs (due_at);

-- The journal, and what is not in it yet.

CREATE TABLE outbox (
    entry IDENTITY,
    tenant_id BYTES NOT NULL,
    event_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    about BYTES,
    to_state TEXT,
    actor TEXT NOT NULL,
    happened_at BIGINT NOT NULL
);

CREATE TABLE journal (
    tenant_id BYTES NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTES NOT NULL,
    event_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    about BYTES,
    to_state TEXT,
    actor TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
) WITHOUT ROWID;
CREATE INDEX journal_customer ON journal (tenant_id, customer_id, number);

CREATE TABLE journal_heads (
    tenant_id BYTES NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTES NOT NULL,
    mac BYTES NOT NULL
) WITHOUT ROWID;

-- Who wants to know, and what they are owed.

CREATE TABLE registrations (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    dialect TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The words of the events, each followed by a comma.
    events TEXT NOT NULL,
    -- Whom it is about, if it is about one customer.
    customer_id BYTES,
    mode TEXT NOT NULL,
    callback_url TEXT,
    format TEXT NOT NULL,
    retry_times BIGINT,
    retry_seconds BIGINT,
    sealed BYTES,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- A deleted registration stays, so that what it was owed can still be read.
CREATE UNIQUE INDEX registrations_name ON registrations (tenant_id, dialect, name) WHERE state <> 'deleted';
CREATE INDEX registrations_customer ON registrations (tenant_id, customer_id);
-- The few that are about everybody, beside as many as there are customers.
CREATE INDEX registrations_everybody ON registrations (tenant_id, id) WHERE customer_id IS NULL;

CREATE TABLE deliveries (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    registration_id BYTES NOT NULL,
    -- Whom the registration is about, if it is about one customer.
    customer_id BYTES,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    attempt_id BYTES,
    due_at BIGINT NOT NULL,
    last_attempted_at BIGINT,
    last_status BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX deliveries_due_at ON deliveries (tenant_id, registration_id, due_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_due_about ON deliveries (due_at) WHERE state = 'pending' AND customer_id IS NOT NULL;
CREATE INDEX deliveries_registration ON deliveries (tenant_id, registration_id, id);
-- The few that were given up.
CREATE INDEX deliveries_failed ON deliveries (tenant_id, registration_id, last_attempted_at) WHERE state = 'failed';

-- Published lists, the same for every tenant; and a tenant's own, which nobody else is screened against.

CREATE TABLE list_versions (
    list TEXT NOT NULL,
    hash BYTES NOT NULL,
    format TEXT NOT NULL,
    -- The tenant that alone sees it.
    owner_id BYTES,
    title TEXT NOT NULL,
    published_on TEXT,
    entities BIGINT NOT NULL,
    names BIGINT NOT NULL,
    topics BIGINT NOT NULL,
    defects BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    files TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    in_force BIGINT NOT NULL,
    PRIMARY KEY (list, hash)
);

CREATE TABLE list_chunks (
    list TEXT NOT NULL,
    hash BYTES NOT NULL,
    file BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    data BYTES NOT NULL,
    PRIMARY KEY (list, hash, file, chunk)
);

-- Where lists are fetched from, and how that goes. `sealed` has the addresses and headers. `due_at` is when it is next
-- looked; while somebody looks, the lease is that one's.

CREATE TABLE list_feeds (
    list TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    private BIGINT NOT NULL,
    every_seconds BIGINT NOT NULL,
    within_seconds BIGINT NOT NULL,
    loss_max_percent BIGINT NOT NULL,
    bytes_max BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sealed BYTES NOT NULL,
    tried_at BIGINT,
    fetched_at BIGINT,
    whole_at BIGINT,
    due_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failed_total BIGINT NOT NULL,
    error_kind TEXT,
    error TEXT,
    hash BYTES,
    validators TEXT NOT NULL,
    attempt_id BYTES,
    leased_until BIGINT NOT NULL
);

-- Which versions were in force together, and under which engine: what a screening is asked against. One is made whenever
-- the content of a list or the engine is another.

CREATE TABLE generations (
    generation BIGINT NOT NULL PRIMARY KEY,
    engine TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE generation_lists (
    generation BIGINT NOT NULL,
    list TEXT NOT NULL,
    hash BYTES NOT NULL,
    PRIMARY KEY (generation, list)
) WITHOUT ROWID;

-- Bringing every customer up to a generation: those up to the named one were looked at. Who was screened against `since`
-- or later is asked about what changed since; with 0 everybody is screened whole.

CREATE TABLE rescreenings (
    generation BIGINT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    state TEXT NOT NULL,
    tenant_id BYTES,
    customer_id BYTES,
    looked_at BIGINT NOT NULL,
    made_due BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    attempt_id BYTES,
    leased_until BIGINT NOT NULL
);
CREATE INDEX rescreenings_since ON rescreenings (since, generation);

-- What would be, tried over a tenant's customers. What is tried and what came of it are sealed.

CREATE TABLE what_ifs (
    tenant_id BYTES NOT NULL,
    id BYTES NOT NULL,
    state TEXT NOT NULL,
    sealed BYTES NOT NULL,
    passed BIGINT NOT NULL,
    customers BIGINT NOT NULL,
    sealed_report BYTES,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    attempt_id BYTES,
    leased_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX what_ifs_unfinished ON what_ifs (leased_until) WHERE state IN ('waiting', 'running');

CREATE TABLE stamps (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
