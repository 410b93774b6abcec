-- The small file whose backups may be short-lived: without it, nothing sealed can be read.

CREATE TABLE master_check (
    id BIGINT NOT NULL PRIMARY KEY,
    digest BYTES NOT NULL
);

CREATE TABLE tenant_keys (
    tenant_id BYTES NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    wrapped BYTES NOT NULL
);

CREATE TABLE customer_keys (
    tenant_id BYTES NOT NULL,
    customer_id BYTES NOT NULL,
    wrapped BYTES NOT NULL,
    PRIMARY KEY (tenant_id, customer_id)
) WITHOUT ROWID;
