-- Ids are 16 bytes, hashes and keyed indexes 32; times are microseconds UTC; words are those of lineward-core's
-- enumerations and are parsed when read; what is sealed is sealed under a key of the key store.

CREATE TABLE carrier (
    carrier_id BLOB NOT NULL,
    name TEXT NOT NULL,
    sample INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id)
) STRICT;

CREATE TABLE audit (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    request_id TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    outcome TEXT,
    PRIMARY KEY (carrier_id, id)
) STRICT;
CREATE INDEX audit_subject ON audit (carrier_id, subject);
CREATE INDEX audit_open ON audit (carrier_id, opened_at) WHERE closed_at IS NULL;

CREATE TABLE staff (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    invited_by BLOB,
    identity_index BLOB,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, invited_by) REFERENCES staff (carrier_id, id)
) STRICT;

CREATE TABLE party (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    key_id BLOB NOT NULL,
    profile BLOB,
    created_at INTEGER NOT NULL,
    erased_at INTEGER,
    PRIMARY KEY (carrier_id, id)
) STRICT;

CREATE TABLE identity_key (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    party_id BLOB NOT NULL,
    scheme TEXT NOT NULL,
    country TEXT NOT NULL,
    identity_index BLOB NOT NULL,
    key_version INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, party_id) REFERENCES party (carrier_id, id)
) STRICT;
CREATE UNIQUE INDEX identity_key_open ON identity_key (carrier_id, identity_index) WHERE to_at IS NULL;
CREATE INDEX identity_key_party ON identity_key (carrier_id, party_id);

CREATE TABLE verification (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    way TEXT NOT NULL,
    applicant TEXT NOT NULL,
    case_key_id BLOB NOT NULL,
    language TEXT NOT NULL,
    contact BLOB,
    subject_id BLOB,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    erased_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, subject_id) REFERENCES party (carrier_id, id)
) STRICT;

CREATE TABLE line (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    payment TEXT NOT NULL,
    state TEXT NOT NULL,
    external_id TEXT,
    created_at INTEGER NOT NULL,
    state_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id)
) STRICT;
CREATE INDEX line_state ON line (carrier_id, state, state_at);

CREATE TABLE application (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    line_id BLOB NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    reasons TEXT NOT NULL,
    rules_opened BLOB NOT NULL,
    rules_decided BLOB,
    opened_by BLOB,
    opened_at INTEGER NOT NULL,
    referred_at INTEGER,
    decided_at INTEGER,
    effective_at INTEGER,
    lapses_at INTEGER NOT NULL,
    claimed_by BLOB,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, reference),
    UNIQUE (carrier_id, verification_id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, line_id) REFERENCES line (carrier_id, id),
    FOREIGN KEY (carrier_id, opened_by) REFERENCES staff (carrier_id, id),
    FOREIGN KEY (carrier_id, claimed_by) REFERENCES staff (carrier_id, id)
) STRICT;
CREATE INDEX application_referred ON application (carrier_id, referred_at) WHERE state = 'referred';
CREATE INDEX application_open ON application (carrier_id, lapses_at) WHERE state = 'open';

CREATE TABLE consent (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text_version TEXT NOT NULL,
    language TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
) STRICT;
CREATE INDEX consent_verification ON consent (carrier_id, verification_id, seq);

CREATE TABLE document (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    identity_scheme TEXT NOT NULL,
    issuing_state TEXT NOT NULL,
    identity_index BLOB NOT NULL,
    number_source TEXT NOT NULL,
    fields BLOB,
    expires_on TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
) STRICT;
CREATE INDEX document_verification ON document (carrier_id, verification_id, seq);

CREATE TABLE document_finding (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    check_name TEXT NOT NULL,
    result TEXT NOT NULL,
    class TEXT NOT NULL,
    reason TEXT,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
) STRICT;
CREATE INDEX document_finding_document ON document_finding (carrier_id, document_id, seq);

CREATE TABLE face_finding (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    document_id BLOB NOT NULL,
    outcome TEXT NOT NULL,
    score_ppm INTEGER,
    threshold_ppm INTEGER NOT NULL,
    review_threshold_ppm INTEGER NOT NULL,
    fmr_ppb INTEGER,
    bona_fide_ppm INTEGER,
    reasons TEXT NOT NULL,
    pack_hash BLOB NOT NULL,
    assurance TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
) STRICT;
CREATE INDEX face_finding_verification ON face_finding (carrier_id, verification_id, seq);

CREATE TABLE sighting (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    document_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    person_matches TEXT NOT NULL,
    sighted_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id),
    FOREIGN KEY (carrier_id, staff_id) REFERENCES staff (carrier_id, id)
) STRICT;
CREATE INDEX sighting_verification ON sighting (carrier_id, verification_id, seq);

CREATE TABLE evidence (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    class TEXT NOT NULL,
    key_id BLOB NOT NULL,
    body BLOB NOT NULL,
    erase_at INTEGER NOT NULL,
    legal_hold INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
) STRICT;
CREATE INDEX evidence_verification ON evidence (carrier_id, verification_id);
CREATE INDEX evidence_due ON evidence (carrier_id, erase_at) WHERE legal_hold = 0;

CREATE TABLE record (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
) STRICT;
CREATE INDEX record_verification ON record (carrier_id, verification_id, seq);

CREATE TABLE holding (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    line_id BLOB NOT NULL,
    party_id BLOB NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    basis_id BLOB NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, line_id) REFERENCES line (carrier_id, id),
    FOREIGN KEY (carrier_id, party_id) REFERENCES party (carrier_id, id),
    FOREIGN KEY (carrier_id, basis_id) REFERENCES application (carrier_id, id)
) STRICT;
CREATE UNIQUE INDEX holding_open ON holding (carrier_id, line_id) WHERE to_at IS NULL;
CREATE INDEX holding_party ON holding (carrier_id, party_id);

CREATE TABLE cap (
    carrier_id BLOB NOT NULL,
    identity_index BLOB NOT NULL,
    kind_group TEXT NOT NULL,
    held INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, identity_index, kind_group)
) STRICT;

CREATE TABLE proposal (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    application_id BLOB NOT NULL,
    reason TEXT NOT NULL,
    note BLOB,
    note_hash BLOB NOT NULL,
    findings_hash BLOB NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_at INTEGER NOT NULL,
    signed_by BLOB,
    done_at INTEGER,
    void_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, application_id) REFERENCES application (carrier_id, id),
    FOREIGN KEY (carrier_id, proposed_by) REFERENCES staff (carrier_id, id),
    FOREIGN KEY (carrier_id, signed_by) REFERENCES staff (carrier_id, id)
) STRICT;
CREATE UNIQUE INDEX proposal_open ON proposal (carrier_id, application_id) WHERE done_at IS NULL AND void_at IS NULL;
CREATE INDEX proposal_application ON proposal (carrier_id, application_id);

CREATE TABLE pass (
    carrier_id BLOB NOT NULL,
    hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    staff_id BLOB,
    application_id BLOB,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (carrier_id, hash, kind),
    FOREIGN KEY (carrier_id, staff_id) REFERENCES staff (carrier_id, id),
    FOREIGN KEY (carrier_id, application_id) REFERENCES application (carrier_id, id)
) STRICT;
CREATE INDEX pass_staff ON pass (carrier_id, staff_id);
CREATE INDEX pass_application ON pass (carrier_id, application_id);

CREATE TABLE token (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL,
    roles TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, hash)
) STRICT;

CREATE TABLE request (
    carrier_id BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    answer TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, key_hash)
) STRICT;
CREATE INDEX request_created ON request (carrier_id, created_at);

CREATE TABLE rules (
    carrier_id BLOB NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    active_from INTEGER,
    PRIMARY KEY (carrier_id, hash)
) STRICT;

CREATE TABLE rules_signature (
    carrier_id BLOB NOT NULL,
    rules_hash BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, rules_hash, staff_id),
    FOREIGN KEY (carrier_id, rules_hash) REFERENCES rules (carrier_id, hash),
    FOREIGN KEY (carrier_id, staff_id) REFERENCES staff (carrier_id, id)
) STRICT;

CREATE TABLE job_subject (
    carrier_id BLOB NOT NULL,
    subject TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, subject)
) STRICT;

CREATE TABLE job (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq INTEGER NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    lease BLOB,
    lease_until INTEGER,
    problem TEXT,
    dedupe_key TEXT,
    ended_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, subject, seq),
    UNIQUE (carrier_id, dedupe_key)
) STRICT;
CREATE INDEX job_due ON job (carrier_id, run_at) WHERE state = 'waiting';
CREATE INDEX job_order ON job (carrier_id, subject, seq) WHERE state = 'waiting';
