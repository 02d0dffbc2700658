-- Of its own: contexts, and what they refer to, come after the embeddings.
ALTER TABLE mcp.embeddings ADD FOREIGN KEY (context_id) REFERENCES mcp.contexts (id) ON DELETE SET NULL;
