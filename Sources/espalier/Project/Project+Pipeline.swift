internal import Bytes
internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Registry
internal import Storage
internal import Training

/// From a project's words to a pipeline's settings: the one place where both are known.
extension ProjectFile {
    /// The compiled features.
    ///
    /// - Parameter masked: features that the model may not look at, besides those in quarantine.
    func plan(masked: Set<String> = []) throws(Failure) -> FeaturePlan {
        let masked = masked.union(self.masked)
        let all = try plan(inputs: model.features)
        guard !masked.isEmpty else { return all }
        let inputs = all.inputs.filter { !masked.contains($0) }
        guard !inputs.isEmpty else {
            throw Failure(
                .configuration, "every input of the model is masked; expected one that is not")
        }
        return try plan(inputs: inputs)
    }

    private func plan(inputs: [String]?) throws(Failure) -> FeaturePlan {
        do throws(FeatureError) {
            return try FeaturePlan(
                schema: events.schema, definitions: features, inputs: inputs,
                latenessMillis: limits.features.latenessMillis,
                labelHorizonMillis: labels?.maturityMillis ?? 0)
        } catch { throw Failure(error) }
    }

    /// Everything a pipeline is made from.
    ///
    /// - Parameter scorer: a fixed model to score with; nil for the learner that the project asks
    ///   for, or for a model without weights when it asks for none.
    func pipelineSettings(scorer: SparseModel? = nil) throws(Failure) -> PipelineSettings {
        try pipelineSettings(plan(), scorer: scorer)
    }

    /// As above, over a plan of this project.
    func pipelineSettings(
        _ plan: FeaturePlan, scorer: SparseModel?
    ) throws(Failure) -> PipelineSettings {
        var settings = PipelineSettings(plan: plan, scoring: scoring(plan, scorer))
        settings.demand = demand(plan)
        settings.limits = limits.features
        settings.decodeLimits = limits.decoding
        settings.labels = labels.map {
            LabelSettings(
                schema: $0.schema, value: $0.value, maturityMillis: $0.maturityMillis,
                silence: $0.silence == .negative ? .negative : .drop, pending: limits.pending)
        }
        settings.labels?.weight = labels?.weight
        settings.reasonsMax = model.reasonsMax
        settings.publishesFeatures = output.hasFeatures
        try checkThatPredictionsFit(plan)
        settings.eventsTopic = events.topic
        settings.labelsTopic = labels?.topic ?? ""
        settings.observation = observationSettings(plan)
        return settings
    }

    /// A prediction with its features must be no larger than a broker takes by default.
    private func checkThatPredictionsFit(_ plan: FeaturePlan) throws(Failure) {
        let names = plan.inputs.prefix(plan.space.numericCount)
        let bytes = names.reduce(0) { $0 + $1.utf8.count + Self.valueBytesMax }
        guard output.hasFeatures, bytes > Self.predictionBytesMax else { return }
        throw Failure(
            .configuration,
            "output.features: found \(names.count) features, which take \(Numerals.bytes(bytes)) "
                + "in a prediction; expected at most \(Numerals.bytes(Self.predictionBytesMax))")
    }

    /// Quotes, colon, comma, and a number.
    private static let valueBytesMax = 28
    private static let predictionBytesMax = 900_000

    /// Who asks for features, where only those are computed: readers, and locks that keep one in.
    private func demand(_ plan: FeaturePlan) -> FeatureDemand? {
        guard model.compute == .weighed else { return nil }
        let inputs = Set(plan.inputs)
        var readers = model.readers.mapValues { Set($0).intersection(inputs) }
        let kept = rules.filter { $0.value.lock == .keep }.keys
        readers["lock: keep"] = Set(kept).intersection(inputs)
        return FeatureDemand(readers: readers)
    }

    /// As the service has it.
    ///
    /// - Parameter model: the artifact to score with; nil for what the project names, if it does
    ///   not learn.
    func servingSettings(
        _ plan: FeaturePlan, model: String?
    ) throws(Failure) -> PipelineSettings {
        var scorer: SparseModel?
        if let path = model ?? fixedModelPath {
            do throws(Failure) { scorer = try SparseModel(artifact: path, for: plan) } catch {
                throw explaining(error)
            }
        }
        return try pipelineSettings(plan, scorer: scorer)
    }

    /// The artifact that scores; nil where the model learns, or comes from a registry.
    var fixedModelPath: String? { model.learning.isEnabled ? nil : model.path }

    /// As the service has it at its start, a registry's model included.
    func scoringSettings(_ plan: FeaturePlan) throws(Failure) -> PipelineSettings {
        var settings = try servingSettings(plan, model: nil)
        guard settings.demand != nil, let registry = model.registry else { return settings }
        let alias = try FollowedAlias(registry, of: self, for: plan)
        do throws(RegistryError) {
            let newest = try alias.loadNewest(of: alias.registry.read())
            settings.scoring = .model(newest.scorer.model)
        } catch { throw explaining(Failure(error)) }
        return settings
    }

    private func observationSettings(_ plan: FeaturePlan) -> ObservationSettings? {
        guard observation.isEnabled else { return nil }
        var settings = ObservationSettings(statistics: observation.statistics)
        settings.segment = observation.segment
        settings.publishEveryMillis = observation.publishEveryMillis
        settings.threshold = model.threshold
        settings.isSpread = isSpreadByKey(plan)
        return settings
    }

    private func scoring(_ plan: FeaturePlan, _ scorer: SparseModel?) -> PipelineSettings.Scoring {
        if let scorer { return .model(scorer) }
        guard model.learning.isEnabled else {
            return .model(SparseModel(space: plan.space, loss: model.loss, version: "none"))
        }
        let parameters = OnlineLearner.Parameters(
            loss: model.loss, ftrl: model.learning.parameters,
            publishEvery: model.learning.publishEveryExamples)
        return .learner(parameters, penaltyFactors: model.learning.penalties)
    }
}

extension ModelArtifact {
    private static let bytesMax = 256 << 20

    init(file path: String) throws(Failure) {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(path, bytesMax: Self.bytesMax)
        } catch { throw Failure(error) }
        do throws(ArtifactError) {
            self = try ModelArtifact(parsing: unsafe bytes.span.bytes)
        } catch { throw Failure(.data, "\(path): \(error)") }
    }
}

extension SparseModel {
    /// Reads a model artifact for a project's features.
    init(artifact path: String, for plan: FeaturePlan) throws(Failure) {
        let artifact = try ModelArtifact(file: path)
        do throws(ArtifactError) { self = try SparseModel(artifact, for: plan.layout) } catch {
            throw Failure(.data, "\(path): \(error)")
        }
    }
}
