internal import ArgumentParser
internal import JSON
internal import Registry

/// What every command that moves an alias is told besides the alias, and how it does and tells it.
struct AliasChangeOptions: ParsableArguments {
    @OptionGroup var attribution: AttributionOptions
    @OptionGroup var registry: RegistryOptions
    @Flag(help: "Print JSON.") var json = false

    /// Lets an alias stand for a version, whose artifact is verified first.
    func point(_ alias: String, to reference: ModelReference) throws {
        let outcome = try registry.open().point(
            alias, to: reference, trusting: registry.keys(), by: attribution.attribution)
        write(alias, of: outcome.now, before: outcome.before)
    }

    /// Lets an alias stand for what it stood for before.
    func rollBack(_ alias: String, of model: String) throws {
        let outcome = try registry.open().rollBack(
            alias, of: model, trusting: registry.keys(), by: attribution.attribution)
        write(alias, of: outcome.now, before: outcome.before)
    }

    /// Takes an alias away.
    func remove(_ alias: String, of model: String) throws {
        try registry.open().removeAlias(alias, of: model, by: attribution.attribution)
        let document = JSONValue.object([
            "model": .string(model), "alias": .string(alias), "version": .null,
        ])
        Terminal.output.write(json ? document.line : "\(model)@\(alias) removed\n")
    }

    private func write(_ alias: String, of now: RegisteredVersion, before: Int?) {
        let document = JSONValue.object([
            "model": .string(now.model), "alias": .string(alias),
            "version": .integer(Int64(now.number)), "digest": .string(now.digest),
            "before": before.map { .integer(Int64($0)) } ?? .null,
        ])
        var text = "\(now.model)@\(alias) is version \(now.number) (\(now.digest.prefix(12)))"
        if let before { text += before == now.number ? ", as before" : ", was version \(before)" }
        Terminal.output.write(json ? document.line : text + "\n")
    }
}
