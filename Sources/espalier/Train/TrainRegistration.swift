internal import ArgumentParser
internal import Model
internal import Project
internal import Registry

/// Whether what was trained goes into a registry, and under which alias.
struct TrainRegistration: ParsableArguments {
    @Flag(
        help: """
            Register the model, if it passes the gate: in the project's registry, or in \
            --registry.
            """)
    var register = false

    @Option(
        help: ArgumentHelp(
            "With --register: let this alias stand for it at once.", valueName: "name"))
    var alias: String?

    @Flag(
        help: "With --register: approve that sensitive features come into the model or leave it.")
    var approveSensitive = false

    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var options: RegistryOptions

    func validate() throws {
        guard register || (alias == nil && !approveSensitive) else {
            throw ValidationError("--alias and --approve-sensitive go with --register")
        }
        guard let alias else { return }
        do throws(RegistryError) {
            // The form that a reference to it will have.
            if case .alias = try ModelReference("model@\(alias)").selector { return }
        } catch { throw ValidationError("--alias: \(error)") }
        throw ValidationError("--alias: found \(alias); expected a name, and not a version")
    }

    /// Where models are registered, unless it is said otherwise where the command is run.
    func path(of project: ProjectFile) -> String {
        options.registry ?? project.model.registry?.path ?? options.path
    }

    /// What of the registration can be told before there is a model.
    func check(_ project: ProjectFile) throws(Failure) {
        guard register else { return }
        _ = try ModelReference(argument: project.modelName)
        _ = try options.keys()
    }

    /// Registers the model under its name.
    func perform(
        _ artifact: ModelArtifact, of project: ProjectFile
    ) throws -> RegisteredVersion {
        let registry = try ModelRegistry(creating: path(of: project))
        let version = try registry.register(
            artifact, source: "espalier train", by: attribution.attribution,
            rules: FeatureRules(project), approval: approveSensitive)
        if let alias {
            try registry.point(
                alias,
                to: ModelReference(name: version.model, selector: .version(version.number)),
                trusting: options.keys(), by: attribution.attribution)
        }
        return version
    }
}

extension ProjectFile {
    /// What a registry calls the project's model.
    var modelName: String { model.registry?.name ?? name }
}
