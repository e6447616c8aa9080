internal import Features
internal import Foundation
internal import Model
internal import Project
internal import Registry

/// Who needs a feature.
extension ProjectFile {
    /// Features that the model which scores gives a weight; none where there is no such model yet,
    /// or where it learns.
    func weighedByChampion() throws(Failure) -> Set<String> {
        let plan = try plan()
        if let path = fixedModelPath, FileManager.default.fileExists(atPath: path) {
            return plan.inputs(weighedBy: try SparseModel(artifact: path, for: plan))
        }
        guard let registry = model.registry,
            FileManager.default.fileExists(atPath: registry.path)
        else { return [] }
        let alias = try FollowedAlias(registry, of: self, for: plan)
        do throws(RegistryError) {
            return plan.inputs(
                weighedBy: try alias.loadNewest(of: alias.registry.read()).scorer.model)
        } catch { throw Failure(error) }
    }

    /// Readers that ask for a feature, by name.
    func readers(of feature: String) -> [String] {
        model.readers.filter { $0.value.contains(feature) }.keys.sorted()
    }

    /// Whether the project wants a feature in every model: a lock, or no penalty.
    func keepsIn(_ feature: String) -> Bool {
        rules[feature]?.lock == .keep || model.learning.penalties[feature] == 0
    }

    /// A failure with the names in it that are in quarantine called so.
    func explaining(_ failure: Failure) -> Failure {
        let named = masked.sorted().filter { failure.message.contains("\"\($0)\"") }
        guard !named.isEmpty else { return failure }
        let names = named.map { "`\($0)`" }.joined(separator: ", ")
        return Failure(
            failure.status,
            failure.message + "; \(names) \(named.count == 1 ? "is" : "are") quarantined "
                + "(`espalier prune \(path ?? name) restore \(named.joined(separator: " "))`)")
    }
}
