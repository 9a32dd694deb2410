-- API keys, shared by all instances: what recognises a key, never the key. A secret is 256 random
-- bits, of which the hash is kept. Rows are added and revoked, never changed otherwise.
create table ringtally.api_key (
    id            text collate "C" primary key,
    secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
    name          text not null,
    scopes        text[] not null check (cardinality(scopes) > 0),
    app_ids       text[] check (cardinality(app_ids) > 0),
    created_at    timestamptz not null default now(),
    revoked_at    timestamptz
);

comment on table ringtally.api_key is
    'who may use the service over HTTP; app_ids null = all; made and revoked by ringtally keys';
