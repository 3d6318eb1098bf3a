-- Which portrait a finding is about and a capture was compared with: a kind byte, then a mark or an id. A comparison from
-- before this column was made with a picture that nothing proves.
ALTER TABLE document_finding ADD COLUMN portrait BLOB;
ALTER TABLE face_finding ADD COLUMN portrait BLOB NOT NULL DEFAULT X'0200000000000000000000000000000000';

-- The one session of a verification in which a chip may be read: what the server made up for the chip to answer.
CREATE TABLE chip_session (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    nonce BLOB NOT NULL,
    key_state BLOB,
    dg14_hash BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (carrier_id, id),
    UNIQUE (carrier_id, verification_id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id)
) STRICT;
CREATE INDEX chip_session_over ON chip_session (carrier_id, expires_at);

-- What each check of a chip found; the words are those of lineward-document.
CREATE TABLE chip_finding (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    verification_id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    check_name TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, verification_id) REFERENCES verification (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
) STRICT;
CREATE INDEX chip_finding_document ON chip_finding (carrier_id, document_id, seq);
