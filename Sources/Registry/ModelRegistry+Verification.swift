internal import Storage

/// What an inspection of a registry found.
public struct RegistryInspection: Equatable, Sendable {
    /// Changes whose chain of digests is unbroken.
    public var entries = 0
    /// Versions that are what was registered, and signed as asked.
    public var sound: [String] = []
    /// Versions that would be refused, and why.
    public var refused: [(version: String, error: RegistryError)] = []
    /// Artifacts that nothing names: their writer died between artifact and entry.
    public var orphans: [String] = []
    /// Bytes of an entry whose writer died.
    public var tornBytes = 0

    public static func == (a: RegistryInspection, b: RegistryInspection) -> Bool {
        a.entries == b.entries && a.sound == b.sound && a.orphans == b.orphans
            && a.tornBytes == b.tornBytes && a.refused.elementsEqual(b.refused, by: ==)
    }
}

extension ModelRegistry {
    /// Reads everything and proves it: the log's chain, every artifact, every signature by one of
    /// the keys. Reads all objects.
    ///
    /// - Parameter name: only the versions of this model.
    /// - Throws: `RegistryError` when the log itself cannot be believed.
    public func inspect(
        only name: String? = nil, trusting keys: [VerifyingKey] = []
    ) throws(RegistryError) -> RegistryInspection {
        let models = try read()
        var inspection = RegistryInspection()
        inspection.entries = models.entries.count
        inspection.tornBytes = models.tornBytes
        let chosen = try name.map { name throws(RegistryError) in [try models.model(name)] }
        for model in chosen ?? models.names.compactMap({ models.models[$0] }) {
            for version in model.versions {
                do throws(RegistryError) {
                    _ = try artifact(of: version, trusting: keys)
                    inspection.sound.append(version.reference)
                } catch { inspection.refused.append((version.reference, error)) }
            }
        }
        inspection.orphans = try orphans(beside: models)
        return inspection
    }

    private func orphans(beside models: RegisteredModels) throws(RegistryError) -> [String] {
        let named = Set(models.models.values.flatMap { $0.versions.map { "\($0.digest).json" } })
        do throws(StorageError) {
            return try Folder.names(in: objectsPath).filter { !named.contains($0) }
        } catch { throw .storage(error) }
    }
}
