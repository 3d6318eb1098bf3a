-- Which portrait a finding is about and a capture was compared with: a kind byte, then a mark or an id. A comparison from
-- before this column was made with a picture that nothing proves.
ALTER TABLE document_finding ADD COLUMN portrait BYTEA;
ALTER TABLE face_finding ADD COLUMN portrait BYTEA NOT NULL DEFAULT '\x0200000000000000000000000000000000';

-- The one session of a verification in which a chip may be read: what the server made up for the chip to answer.
CREATE TABLE chip_session (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    nonce BYTEA NOT NULL,
    key_state BYTEA,
    dg14_hash BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, verification_id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
);
CREATE INDEX chip_session_over ON chip_session (carrier_id, expires_at);

-- What each check of a chip found; the words are those of lineward-document.
CREATE TABLE chip_finding (
    carrier_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    verification_id BYTEA NOT NULL,
    document_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    check_name TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
);
CREATE INDEX chip_finding_document ON chip_finding (carrier_id, document_id, seq);
