import Maintenance

/// The keys of `databases[]` that are about a run as a whole.
enum RunKeys {
    static let all: [Key<DatabaseDefinition>] = [
        .value(
            "slice", \.slice, .duration(.seconds(1) ... .seconds(86_400), because: "a day has other slots"),
            variable: "PGTEND_SLICE",
            """
            How long a run goes on with work that takes several steps, each planned from what the former has left; the \
            next run goes on with it. A step that is at work when it is over is finished.
            """)
    ]
}
