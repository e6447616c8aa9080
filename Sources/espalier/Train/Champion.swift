internal import Foundation
internal import Model
internal import Project
internal import Registry

/// The model that a training's is compared with.
struct Champion: Sendable {
    let artifact: ModelArtifact
    /// As reports call it: `card-fraud@3`, or the file.
    let reference: String
    /// The version's number, of one from a registry.
    var number: Int?

    /// What there is to compare with.
    struct Search: Sendable {
        var champion: Champion?
        /// Why what the registry has as its champion is not compared with.
        var refusal: String?
    }
}

extension TrainCommand {
    /// The --champion, and else the champion of the project's registry, if there is one.
    func findChampion(_ project: ProjectFile) throws(Failure) -> Champion.Search {
        if let champion {
            let found = try namedChampion(champion, project)
            do throws(ArtifactError) { try found.check(for: project) } catch {
                throw Failure(.data, "--champion: \(found.reference): \(error)")
            }
            return Champion.Search(champion: found)
        }
        let isAsked = registration.register || registration.options.registry != nil
        guard isAsked || project.model.registry != nil else { return Champion.Search() }
        return try usualChampion(project)
    }

    /// A file, or a version of a registry.
    private func namedChampion(
        _ text: String, _ project: ProjectFile
    ) throws(Failure) -> Champion {
        let isFile = FileManager.default.fileExists(atPath: text)
        guard !isFile, let reference = try? ModelReference(text) else {
            return Champion(artifact: try ModelArtifact(file: text), reference: text)
        }
        let keys = try keys(project)
        do throws(RegistryError) {
            let registry = try ModelRegistry(opening: registration.path(of: project))
            return try Champion(
                registry.read().version(reference), in: registry, trusting: keys)
        } catch {
            throw Failure(
                error.exitStatus, "--champion: found no file \(text), and in the registry: \(error)"
            )
        }
    }

    /// Nothing where there is no registry, no model in it, or no such alias.
    private func usualChampion(_ project: ProjectFile) throws(Failure) -> Champion.Search {
        let alias = project.model.registry?.alias ?? ModelReference.champion
        let reference = ModelReference(name: project.modelName, selector: .alias(alias))
        guard let registry = try? ModelRegistry(opening: registration.path(of: project)) else {
            return Champion.Search()
        }
        let models: RegisteredModels
        do throws(RegistryError) { models = try registry.read() } catch { throw Failure(error) }
        guard let version = try? models.version(reference) else { return Champion.Search() }
        let keys = try keys(project)
        do throws(RegistryError) {
            let champion = try Champion(version, in: registry, trusting: keys)
            do throws(ArtifactError) { try champion.check(for: project) } catch {
                return Champion.Search(refusal: "\(version.reference): \(error)")
            }
            return Champion.Search(champion: champion)
        } catch { return Champion.Search(refusal: "\(error)") }
    }

    private func keys(_ project: ProjectFile) throws(Failure) -> [VerifyingKey] {
        try registration.options.keys()
            + (project.model.registry?.publicKeys ?? []).map { path throws(Failure) in
                try VerifyingKey(file: path)
            }
    }
}

extension Champion {
    fileprivate init(
        _ version: RegisteredVersion, in registry: ModelRegistry, trusting keys: [VerifyingKey]
    ) throws(RegistryError) {
        artifact = try registry.artifact(of: version, trusting: keys)
        (reference, number) = (version.reference, version.number)
    }

    /// Whether it can score a project's examples.
    ///
    /// - Throws: what it has that the project has not.
    func check(for project: ProjectFile) throws(ArtifactError) {
        guard artifact.content.loss == project.model.loss else {
            throw .invalid(
                path: "loss", found: artifact.content.loss.rawValue,
                expected: "the project's, \(project.model.loss.rawValue)")
        }
        guard let plan = try? project.plan() else { return }
        _ = try SparseModel(artifact, for: plan.layout)
    }
}
