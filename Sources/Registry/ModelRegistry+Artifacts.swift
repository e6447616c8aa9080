internal import Bytes
public import Model
internal import Storage

/// The artifacts themselves.
extension ModelRegistry {
    func objectPath(_ digest: String) -> String { "\(objectsPath)/\(digest).json" }

    /// Where a version's document stands, for those who copy it.
    public func path(of version: RegisteredVersion) -> String { objectPath(version.digest) }

    /// Reads a version and proves that it is what was registered.
    ///
    /// - Parameter keys: when there are any, one of them must have signed the artifact.
    /// - Throws: `RegistryError` that says why it is refused.
    public func artifact(
        of version: RegisteredVersion, trusting keys: [VerifyingKey] = []
    ) throws(RegistryError) -> ModelArtifact {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(
                objectPath(version.digest), bytesMax: Self.artifactBytesMax)
        } catch {
            throw .unreadableArtifact(name: version.model, version: version.number, error)
        }
        if !keys.isEmpty { try version.verify(bytes, by: keys) }
        return try version.artifact(bytes)
    }

    /// Writes the object where there is none, or where it is not what its name says.
    func store(_ artifact: ModelArtifact) throws(RegistryError) {
        let path = objectPath(artifact.version)
        if let found = try? WholeFile.read(path, bytesMax: Self.artifactBytesMax),
            found == artifact.bytes
        {
            return
        }
        do throws(StorageError) {
            try AtomicFile.write(unsafe artifact.bytes.span.bytes, to: path)
        } catch { throw .storage(error) }
    }

    /// Removes what killed writers left. Only with the lock held: then no writer is at work.
    func sweep() throws(RegistryError) {
        do throws(StorageError) {
            for name in try Folder.names(in: objectsPath) where name.hasSuffix(".tmp") {
                try Folder.remove("\(objectsPath)/\(name)")
            }
        } catch { throw .storage(error) }
    }
}

extension RegisteredVersion {
    /// The artifact that the bytes are, if they are this version's.
    func artifact(_ bytes: [UInt8]) throws(RegistryError) -> ModelArtifact {
        do throws(ArtifactError) {
            let artifact = try ModelArtifact(
                parsing: unsafe bytes.span.bytes, expected: digest)
            guard artifact.content.name == model else {
                throw .invalid(
                    path: "name", found: "\"\(artifact.content.name)\"", expected: "\"\(model)\"")
            }
            return artifact
        } catch { throw .artifactRefused(name: model, version: number, error) }
    }
}
