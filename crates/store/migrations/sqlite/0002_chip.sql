-- Which portrait a finding is about and a capture was compared with: a kind byte, then a mark or an id. A comparison from
-- before this column was made with a picture that nothing proves.
ALTER TABLE document_finding ADD COLUMN portrait BLOB;
ALTER TABLE face_finding ADD COLUMN portrait BLOB NOT NULL DEFAULT X'0200000000000000000000000000000000';
