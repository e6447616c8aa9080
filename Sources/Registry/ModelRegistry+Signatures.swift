internal import Model

extension ModelRegistry {
    /// Signs a version's artifact, after verifying it. Signed by this key before, nothing changes.
    public func sign(
        _ reference: ModelReference, with key: SigningKey, by attribution: Attribution
    ) throws(RegistryError) -> RegisteredVersion {
        var signed: RegisteredVersion?
        let models = try change(reference.name, attribution) { models throws(RegistryError) in
            let version = try models.version(reference)
            let artifact = try artifact(of: version)
            signed = version
            let isSigned = version.signatures.contains { $0.key == key.verifyingKey.name }
            guard !isSigned, let signature = key.sign(artifact.bytes) else { return nil }
            signed?.signatures.append(signature)
            return .signed(version: version.number, signature)
        }
        if let signed { return signed }
        return try models.version(reference)
    }
}

extension RegisteredVersion {
    /// - Throws: unless one of the keys signed exactly these bytes.
    func verify(_ bytes: [UInt8], by keys: [VerifyingKey]) throws(RegistryError) {
        var isKnown = false
        for key in keys {
            for signature in signatures where signature.key == key.name {
                isKnown = true
                if key.accepts(signature, of: bytes) { return }
            }
        }
        guard isKnown else {
            throw .unsigned(name: model, version: number, signatures: signatures.count)
        }
        let known = signatures.first { signature in keys.contains { $0.name == signature.key } }
        throw .signatureInvalid(name: model, version: number, key: known?.key ?? "")
    }
}
