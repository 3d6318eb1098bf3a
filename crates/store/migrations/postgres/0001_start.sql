-- Ids are 16 bytes, hashes and keyed indexes 32; times are microseconds UTC; words are those of lineward-core's
-- enumerations and are parsed when read; what is sealed is sealed under a key of the key store.

CREATE TABLE carrier (
    carrier_id BYTEA NOT NULL,
    name TEXT NOT NULL,
    sample BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id)
);

CREATE TABLE audit (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    request_id TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    outcome TEXT,
    PRIMARY KEY (carrier_id, id)
);
CREATE INDEX audit_subject ON audit (carrier_id, subject);
CREATE INDEX audit_open ON audit (carrier_id, opened_at) WHERE closed_at IS NULL;

CREATE TABLE staff (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    invited_by BYTEA,
    identity_index BYTEA,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, invited_by) REFERENCES staff (carrier_id, id)
);

CREATE TABLE party (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    key_id BYTEA NOT NULL,
    profile BYTEA,
    created_at BIGINT NOT NULL,
    erased_at BIGINT,
    PRIMARY KEY (carrier_id, id)
);

CREATE TABLE identity_key (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    party_id BYTEA NOT NULL,
    scheme TEXT NOT NULL,
    country TEXT NOT NULL,
    identity_index BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, party_id) REFERENCES party (carrier_id, id)
);
CREATE UNIQUE INDEX identity_key_open ON identity_key (carrier_id, identity_index) WHERE to_at IS NULL;
CREATE INDEX identity_key_party ON identity_key (carrier_id, party_id);

CREATE TABLE verification (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    way TEXT NOT NULL,
    applicant TEXT NOT NULL,
    case_key_id BYTEA NOT NULL,
    language TEXT NOT NULL,
    contact BYTEA,
    subject_id BYTEA,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    erased_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, subject_id) REFERENCES party (carrier_id, id)
);

CREATE TABLE line (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    payment TEXT NOT NULL,
    state TEXT NOT NULL,
    external_id TEXT,
    created_at BIGINT NOT NULL,
    state_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id)
);
CREATE INDEX line_state ON line (carrier_id, state, state_at);

CREATE TABLE application (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    line_id BYTEA NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    reasons TEXT NOT NULL,
    rules_opened BYTEA NOT NULL,
    rules_decided BYTEA,
    opened_by BYTEA,
    opened_at BIGINT NOT NULL,
    referred_at BIGINT,
    decided_at BIGINT,
    effective_at BIGINT,
    lapses_at BIGINT NOT NULL,
    claimed_by BYTEA,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, reference),
    UNIQUE (carrier_id, verification_id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, line_id) REFERENCES line (carrier_id, id),
    FOREIGN KEY (carrier_id, opened_by) REFERENCES staff (carrier_id, id),
    FOREIGN KEY (carrier_id, claimed_by) REFERENCES staff (carrier_id, id)
);
CREATE INDEX application_referred ON application (carrier_id, referred_at) WHERE state = 'referred';
CREATE INDEX application_open ON application (carrier_id, lapses_at) WHERE state = 'open';

CREATE TABLE consent (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text_version TEXT NOT NULL,
    language TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
);
CREATE INDEX consent_verification ON consent (carrier_id, verification_id, seq);

CREATE TABLE document (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    identity_scheme TEXT NOT NULL,
    issuing_state TEXT NOT NULL,
    identity_index BYTEA NOT NULL,
    number_source TEXT NOT NULL,
    fields BYTEA,
    expires_on TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
);
CREATE INDEX document_verification ON document (carrier_id, verification_id, seq);

CREATE TABLE document_finding (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    document_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    check_name TEXT NOT NULL,
    result TEXT NOT NULL,
    class TEXT NOT NULL,
    reason TEXT,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
);
CREATE INDEX document_finding_document ON document_finding (carrier_id, document_id, seq);

CREATE TABLE face_finding (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    document_id BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    score_ppm BIGINT,
    threshold_ppm BIGINT NOT NULL,
    review_threshold_ppm BIGINT NOT NULL,
    fmr_ppb BIGINT,
    bona_fide_ppm BIGINT,
    reasons TEXT NOT NULL,
    pack_hash BYTEA NOT NULL,
    assurance TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
);
CREATE INDEX face_finding_verification ON face_finding (carrier_id, verification_id, seq);

CREATE TABLE sighting (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    document_id BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    person_matches TEXT NOT NULL,
    sighted_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id),
    FOREIGN KEY (carrier_id, staff_id) REFERENCES staff (carrier_id, id)
);
CREATE INDEX sighting_verification ON sighting (carrier_id, verification_id, seq);

CREATE TABLE evidence (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    class TEXT NOT NULL,
    key_id BYTEA NOT NULL,
    body BYTEA NOT NULL,
    erase_at BIGINT NOT NULL,
    legal_hold BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
);
CREATE INDEX evidence_verification ON evidence (carrier_id, verification_id);
CREATE INDEX evidence_due ON evidence (carrier_id, erase_at) WHERE legal_hold = 0;

CREATE TABLE record (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
);
CREATE INDEX record_verification ON record (carrier_id, verification_id, seq);

CREATE TABLE holding (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    line_id BYTEA NOT NULL,
    party_id BYTEA NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    basis_id BYTEA NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, line_id) REFERENCES line (carrier_id, id),
    FOREIGN KEY (carrier_id, party_id) REFERENCES party (carrier_id, id),
    FOREIGN KEY (carrier_id, basis_id) REFERENCES application (carrier_id, id)
);
CREATE UNIQUE INDEX holding_open ON holding (carrier_id, line_id) WHERE to_at IS NULL;
CREATE INDEX holding_party ON holding (carrier_id, party_id);

CREATE TABLE cap (
    carrier_id BYTEA NOT NULL,
    identity_index BYTEA NOT NULL,
    kind_group TEXT NOT NULL,
    held BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, identity_index, kind_group)
);

CREATE TABLE proposal (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    reason TEXT NOT NULL,
    note BYTEA,
    note_hash BYTEA NOT NULL,
    findings_hash BYTEA NOT NULL,
    proposed_by BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    signed_by BYTEA,
    done_at BIGINT,
    void_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, application_id) REFERENCES application (carrier_id, id),
    FOREIGN KEY (carrier_id, proposed_by) REFERENCES staff (carrier_id, id),
    FOREIGN KEY (carrier_id, signed_by) REFERENCES staff (carrier_id, id)
);
CREATE UNIQUE INDEX proposal_open ON proposal (carrier_id, application_id) WHERE done_at IS NULL AND void_at IS NULL;
CREATE INDEX proposal_application ON proposal (carrier_id, application_id);

CREATE TABLE pass (
    carrier_id BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    kind TEXT NOT NULL,
    staff_id BYTEA,
    application_id BYTEA,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (carrier_id, hash, kind),
    FOREIGN KEY (carrier_id, staff_id) REFERENCES staff (carrier_id, id),
    FOREIGN KEY (carrier_id, application_id) REFERENCES application (carrier_id, id)
);
CREATE INDEX pass_staff ON pass (carrier_id, staff_id);
CREATE INDEX pass_application ON pass (carrier_id, application_id);

CREATE TABLE token (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL,
    roles TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, hash)
);

CREATE TABLE request (
    carrier_id BYTEA NOT NULL,
    key_hash BYTEA NOT NULL,
    request_hash BYTEA NOT NULL,
    answer TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, key_hash)
);
CREATE INDEX request_created ON request (carrier_id, created_at);

CREATE TABLE rules (
    carrier_id BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    body TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    active_from BIGINT,
    PRIMARY KEY (carrier_id, hash)
);

CREATE TABLE rules_signature (
    carrier_id BYTEA NOT NULL,
    rules_hash BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, rules_hash, staff_id),
    FOREIGN KEY (carrier_id, rules_hash) REFERENCES rules (carrier_id, hash),
    FOREIGN KEY (carrier_id, staff_id) REFERENCES staff (carrier_id, id)
);

CREATE TABLE job_subject (
    carrier_id BYTEA NOT NULL,
    subject TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, subject)
);

CREATE TABLE job (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease BYTEA,
    lease_until BIGINT,
    problem TEXT,
    dedupe_key TEXT,
    ended_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, subject, seq),
    UNIQUE (carrier_id, dedupe_key)
);
CREATE INDEX job_due ON job (carrier_id, run_at) WHERE state = 'waiting';
CREATE INDEX job_order ON job (carrier_id, subject, seq) WHERE state = 'waiting';
