-- What an authority answered about a shown document. The signed answer is not kept; its hash finds it in the authority's log.
CREATE TABLE authority_answer (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    source TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    standing TEXT NOT NULL,
    not_valid_reason TEXT,
    fields TEXT NOT NULL,
    portrait TEXT NOT NULL,
    evidence_hash BLOB NOT NULL,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
) STRICT;
CREATE INDEX authority_answer_document ON authority_answer (carrier_id, document_id, seq);

-- Which answer a finding rests on. SQLite adds no foreign key of two columns to a table that is there.
ALTER TABLE document_finding ADD COLUMN answer_id BLOB;

-- Until when an open application waits for an authority that does not answer.
ALTER TABLE application ADD COLUMN provisional_until INTEGER;
CREATE INDEX application_provisional ON application (carrier_id, provisional_until) WHERE provisional_until IS NOT NULL;

-- Where a holder can be reached, sealed under the party's key; only under rules that announce an expiry.
ALTER TABLE party ADD COLUMN reach BLOB;

-- The document behind a holder's lines: the one approved last, when it was last asked about, and the last day that its
-- holder was told of.
CREATE TABLE document_watch (
    carrier_id BLOB NOT NULL,
    party_id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    announced TEXT,
    PRIMARY KEY (carrier_id, party_id),
    FOREIGN KEY (carrier_id, party_id) REFERENCES party (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id)
) STRICT;

-- A document behind a line that a person must look at. It changes nothing about the line.
CREATE TABLE document_case (
    carrier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    party_id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    application_id BLOB NOT NULL,
    answer_id BLOB NOT NULL,
    reason TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by BLOB,
    close_reason TEXT,
    PRIMARY KEY (carrier_id, id),
    FOREIGN KEY (carrier_id, party_id) REFERENCES party (carrier_id, id),
    FOREIGN KEY (carrier_id, document_id) REFERENCES document (carrier_id, id),
    FOREIGN KEY (carrier_id, application_id) REFERENCES application (carrier_id, id),
    FOREIGN KEY (carrier_id, answer_id) REFERENCES authority_answer (carrier_id, id),
    FOREIGN KEY (carrier_id, closed_by) REFERENCES staff (carrier_id, id)
) STRICT;
CREATE UNIQUE INDEX document_case_open ON document_case (carrier_id, party_id) WHERE closed_at IS NULL;
