-- What full-text search needs of a document is its trigger's to tell: an update that touches the column fires it.
-- column: embeddings.content_tsvector
-- by: content_tsvector
-- where:
r.content_tsvector IS NULL OR r.document_length IS NULL OR r.term_frequencies IS NULL
