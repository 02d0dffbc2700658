import Reporting
import Settings

extension ReportFormat {
    init?(_ format: LogFormat?) {
        switch format {
        case .text?: self = .text
        case .json?: self = .json
        case nil: return nil
        }
    }
}
