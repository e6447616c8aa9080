internal import Bytes
internal import Model

/// What a training measures, by the names that gates and reports know.
enum TrainMeasure: String, CaseIterable, Sendable {
    case loss
    case lossError = "loss_error"
    case weights
    case auc
    case averagePrecision = "average_precision"
    case pooledAUC = "pooled_auc"
    case pooledAveragePrecision = "pooled_average_precision"
    case pooledLogLoss = "pooled_log_loss"
    case brier
    case championExamples = "champion_examples"
    case championAUC = "champion_auc"
    /// Of the new fit, on the champion's examples.
    case aucBesideChampion = "auc_beside_champion"
    case aucGain = "auc_gain"
    case averagePrecisionGain = "average_precision_gain"
    case logLossGain = "log_loss_gain"
    case suspects
    case earlyLabels = "early_labels"
    case examples

    /// All names, as help and errors list them.
    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// Those of a loss.
    static func names(of loss: Loss) -> String {
        allCases.filter { $0.isTaken(of: loss) }.map(\.rawValue).joined(separator: ", ")
    }

    /// The name as people read it.
    var words: String { rawValue.split(separator: "_").joined(separator: " ") }

    /// Whether it compares the chosen fit with the champion.
    var isOfChampion: Bool {
        switch self {
        case .championExamples, .championAUC, .aucBesideChampion, .aucGain, .averagePrecisionGain,
            .logLossGain:
            true
        default: false
        }
    }

    /// Whether fits of a loss have it.
    func isTaken(of loss: Loss) -> Bool {
        switch self {
        case .loss, .lossError, .weights, .suspects, .earlyLabels, .examples: true
        default: loss == .logistic
        }
    }

    /// What is wrong with a name that is none.
    static func fault(of name: String) -> String? {
        guard TrainMeasure(rawValue: name) == nil else { return nil }
        let near = NearestName.of(name, among: allCases.map(\.rawValue))
        return "found the measure \(name); "
            + (near.map { "did you mean \($0)?" } ?? "expected one of \(names)")
    }
}
