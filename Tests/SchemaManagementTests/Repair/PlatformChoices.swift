import Maintenance
import TestSupport

@testable import SchemaManagement

/// What whoever runs the platform says of their database, by what its plan refuses without that.
struct PlatformChoices {
    var map: [String]
    var column: [String]
    var fill: [String]
    var replace: [String]
    var setAside: [String]
    var drop: [String]
    var searchPath: String?

    func repair(
        _ database: TestDatabase, through folder: String? = nil, locks: LockBudget = TestDatabase.patientLocks
    ) -> SchemaRepair {
        database.repairing(
            map, columns: column, filling: fill, replacing: replace, settingAside: setAside, dropping: drop,
            through: folder, locks: locks, replacesTriggers: true, searchPath: searchPath)
    }

    static func of(_ state: PlatformDatabase.State) -> PlatformChoices {
        switch state {
        case .current: current
        case .older: older
        case .archived: archived
        }
    }

    private static let (one, two) = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222")

    private static let current = PlatformChoices(
        map: [
            "audit_log.action:create=INSERT", "audit_log.action:update=UPDATE", "audit_log.action:delete=DELETE",
            "agents.model_id:gpt-4=\(one)", "agents.model_id:claude-3-opus=\(two)",
            #"models.capabilities:{chat,code}={"chat": true, "code": true}"#,
        ],
        column: [
            "task_delegations.delegated_to=to_agent_id", "task_state_transitions.changed_by=transitioned_by",
            "workspace_activities.activity_type=action",
        ],
        fill: [
            "embedding_metrics.model_name=unknown", "embedding_metrics.model_provider=unknown",
            "embedding_metrics.status=success", "task_idempotency_keys.operation=unknown",
            "task_idempotency_keys.created_at=2025-01-01", "task_state_transitions.changed_by=unknown",
            "task_state_transitions.from_status=pending", "webhook_configs.webhook_secret=",
        ],
        replace: ["agents", "agent_configs", "shared_documents", "task_idempotency_keys", "workspace_members"],
        setAside: [
            "v_agent_status", "agents_deprecated", "embedding_cache", "embedding_statistics", "projection_matrices",
            "task_delegation_history",
        ],
        drop: [
            "models.tenant_isolation_models", "api_keys.check_expiry", "workflows.workflows_created_by_fkey",
            "contexts.contexts_agent_id_fkey", "task_delegations.task_delegations_to_agent_id_fkey",
            "task_state_transitions.task_state_transitions_transitioned_by_fkey",
        ])

    private static var older: PlatformChoices {
        var choices = current
        choices.drop.append("agents_deprecated.update_agents_updated_at")
        return choices
    }

    private static let archived = PlatformChoices(
        map: [
            "contexts.model_id:gpt-4=\(one)", "contexts.model_id:default=\(two)",
            "tasks.assigned_to:test-agent-2=\(two)",
            "tasks.created_by:test-agent-1=\(one)", "workspaces.owner_id:test-agent-1=\(one)",
            "tasks.priority:normal=medium", "tasks.status:accepted=assigned", "tasks.status:rejected=failed",
            "tasks.status:timeout=failed", "workflows.type:collaborative=parallel",
            "workspace_members.role:member=viewer",
            "task_delegations.delegation_type:automatic=handoff", "task_delegations.delegation_type:failover=handoff",
            "task_delegations.delegation_type:load_balance=handoff", "task_delegations.delegation_type:manual=handoff",
        ],
        column: ["document_operations.operation=operation_data", "events.event_type=type"],
        fill: [
            "agent_configs.tenant_id=\(one)", "embedding_searches.method=vector", "events.tenant_id=\(one)",
            "integrations.tenant_id=\(one)", "task_delegations.delegated_to=\(two)",
            // Of the only document that has none, the first workspace of its tenant.
            "shared_documents.workspace_id=15f632ef-0a59-9fe9-5b9e-198f0fa9956a",
        ],
        replace: ["api_key_usage", "shared_documents", "workflow_executions", "workspace_members"],
        setAside: [
            "v_agent_workload", "v_task_statistics", "v_active_workflows", "v_workspace_activity", "embedding_cache",
            "projection_matrices", "conflict_resolutions",
        ],
        drop: ["tasks.tasks_soft_delete", "tasks.idx_tasks_assigned_to"], searchPath: "mcp, public")
}
