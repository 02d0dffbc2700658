-- A text whose tsvector would pass 1 MB must not fail its INSERT: it is cut at a word boundary until it fits, and
-- the row says so. Only a text long enough to fail pays for the subtransaction that catches the failure: a word
-- takes, beside its own bytes, at most five more than its share of the text, and a compound is stored whole and in
-- parts, so 128 KiB never reach 1 MB.
CREATE FUNCTION mcp.update_content_tsvector() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    never_too_long constant integer := 131072;
    -- No more than this many characters are parsed at all: the parser's time and memory need a bound, too.
    longest_parsed constant integer := 4194304;
    -- Longer than the longest word that is indexed (2,046 bytes): a tail without any boundary is no word anyway.
    tail_length constant integer := 2100;
    indexed text := NEW.content;
    tail text;
BEGIN
    IF octet_length(indexed) <= never_too_long THEN
        NEW.content_tsvector := to_tsvector('pg_catalog.english'::regconfig, indexed);
    ELSE
        indexed := left(indexed, longest_parsed);
        LOOP
            IF length(indexed) < length(NEW.content) THEN
                tail := right(indexed, tail_length);
                indexed := left(indexed,
                    - length(coalesce(substring(tail FROM '\s\S*$'), substring(tail FROM '\W\w*$'), '')));
            END IF;
            BEGIN
                NEW.content_tsvector := to_tsvector('pg_catalog.english'::regconfig, indexed);
                EXIT;
            EXCEPTION WHEN program_limit_exceeded THEN
                indexed := left(indexed, least(length(indexed) / 4 * 3, 1048576));
            END;
        END LOOP;
    END IF;

    -- Metadata from before that are no object can hold no flag, and stay as they are.
    IF jsonb_typeof(NEW.metadata) <> 'object' THEN
        NULL;
    ELSIF length(indexed) < length(NEW.content) THEN
        NEW.metadata := NEW.metadata || '{"content_tsvector_truncated": true}';
    ELSE
        NEW.metadata := NEW.metadata - 'content_tsvector_truncated';
    END IF;

    SELECT
        coalesce(sum(cardinality(l.positions)), 0),
        coalesce(jsonb_object_agg(l.lexeme, cardinality(l.positions)), '{}')
    INTO NEW.document_length, NEW.term_frequencies
    FROM unnest(NEW.content_tsvector) AS l;

    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_content_tsvector() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_content_tsvector() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_content_tsvector() IS
    'Trigger of embeddings: derives content_tsvector, document_length and term_frequencies from content, whatever '
    'the writer gave for them. A content too long for a tsvector is cut for it at a word boundary and flagged in the '
    'metadata (content_tsvector_truncated) where these are an object.';

CREATE TRIGGER embeddings_content_tsvector
    BEFORE INSERT OR UPDATE OF content, content_tsvector, document_length, term_frequencies ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_content_tsvector();
COMMENT ON TRIGGER embeddings_content_tsvector ON mcp.embeddings IS
    'Keeps what full-text search needs equal to the content.';

-- Metadata change often and belong to the writer: only a flag that was lost or forged is worth a new derivation.
CREATE TRIGGER embeddings_content_truncated
    BEFORE UPDATE OF metadata ON mcp.embeddings
    FOR EACH ROW
    WHEN (
        (OLD.metadata -> 'content_tsvector_truncated') IS DISTINCT FROM (NEW.metadata -> 'content_tsvector_truncated')
    )
    EXECUTE FUNCTION mcp.update_content_tsvector();
COMMENT ON TRIGGER embeddings_content_truncated ON mcp.embeddings IS
    'Puts the flag content_tsvector_truncated back when an update of the metadata changes it.';
