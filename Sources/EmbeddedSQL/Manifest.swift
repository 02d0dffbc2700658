extension EmbeddedSQL {
    /// Every file of `sql/`, by its name without folder: one line each. The build flattens the folders and makes a
    /// constant of each name, so names are unique and start with a letter. A test compares this list with the folder.
    static let manifest: KeyValuePairs<String, [UInt8]> = [
        // sql/migrations
        "m0001_requirements.sql": PackageResources.m0001_requirements_sql,
        "m0002_roles.sql": PackageResources.m0002_roles_sql,
        "m0003_schema.sql": PackageResources.m0003_schema_sql,
        "m0004_extensions.sql": PackageResources.m0004_extensions_sql,
        "m0005_current_tenant_id.sql": PackageResources.m0005_current_tenant_id_sql,
        "m0006_update_updated_at_column.sql": PackageResources.m0006_update_updated_at_column_sql,
        "m0007_embedding_models.sql": PackageResources.m0007_embedding_models_sql,
        "m0008_embeddings.sql": PackageResources.m0008_embeddings_sql,
        "m0009_embedding_vectors.sql": PackageResources.m0009_embedding_vectors_sql,
        "m0010_embedding_trigrams.sql": PackageResources.m0010_embedding_trigrams_sql,
        "m0011_update_content_tsvector.sql": PackageResources.m0011_update_content_tsvector_sql,
        "m0012_embedding_statistics.sql": PackageResources.m0012_embedding_statistics_sql,
        "m0013_update_embedding_statistics.sql": PackageResources.m0013_update_embedding_statistics_sql,
        "m0014_embedding_metrics.sql": PackageResources.m0014_embedding_metrics_sql,
        "m0015_audit_log.sql": PackageResources.m0015_audit_log_sql,
        "m0016_first_partitions.sql": PackageResources.m0016_first_partitions_sql,
        "m0017_agent_cost_analytics.sql": PackageResources.m0017_agent_cost_analytics_sql,
        "m0018_tenant_agent_cost_analytics.sql": PackageResources.m0018_tenant_agent_cost_analytics_sql,
        "m0019_active_embedding_models.sql": PackageResources.m0019_active_embedding_models_sql,
        "m0020_get_available_models.sql": PackageResources.m0020_get_available_models_sql,
        "m0021_refresh_cost_analytics.sql": PackageResources.m0021_refresh_cost_analytics_sql,

        // sql/queries
        "catalog_midnights.sql": PackageResources.catalog_midnights_sql,
        "catalog_names.sql": PackageResources.catalog_names_sql,
        "catalog_partitioned_tables.sql": PackageResources.catalog_partitioned_tables_sql,
        "catalog_partitions.sql": PackageResources.catalog_partitions_sql,
        "catalog_server.sql": PackageResources.catalog_server_sql,
        "catalog_views.sql": PackageResources.catalog_views_sql,
        "catalog_zones.sql": PackageResources.catalog_zones_sql,
        "corpus_lock.sql": PackageResources.corpus_lock_sql,
        "corpus_presence.sql": PackageResources.corpus_presence_sql,
        "corpus_statistics.sql": PackageResources.corpus_statistics_sql,
        "corpus_tenants.sql": PackageResources.corpus_tenants_sql,
        "likeness_columns.sql": PackageResources.likeness_columns_sql,
        "likeness_grants.sql": PackageResources.likeness_grants_sql,
        "likeness_policies.sql": PackageResources.likeness_policies_sql,
        "likeness_publications.sql": PackageResources.likeness_publications_sql,
        "likeness_tables.sql": PackageResources.likeness_tables_sql,
        "likeness_triggers.sql": PackageResources.likeness_triggers_sql,
        "lock_blockers.sql": PackageResources.lock_blockers_sql,
        "run_lock_holder.sql": PackageResources.run_lock_holder_sql,
    ]
}
