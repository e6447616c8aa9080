internal import Drift
internal import Features
internal import Kafka
internal import Model
internal import Pipeline
internal import Project
internal import Statistics
internal import Training
internal import Worker

/// How the memory that a project grants is shared out: to what is there whatever happens, to
/// librdkafka's queues, and to the state of each task, whose limits follow from it.
///
/// Limits that the file gives stay as they are, or are refused where they do not fit. Tasks share
/// evenly by the number of partitions, so that a task's limits do not depend on which others run
/// beside it: its state stays the same fold of the log on every machine.
struct MemoryBudget {
    let bytes: Int
    let workers: Int
    /// Of events: how many tasks one process may have to run.
    let partitions: Int
    private let project: ProjectFile
    private let plan: FeaturePlan

    /// The program, librdkafka's threads; of each worker its clients.
    private static let baseBytes = 96 << 20
    private static let workerBytes = 32 << 20
    /// Part of the whole that messages read ahead may take, and part for those on their way out.
    private static let queueShare = 8
    /// Part of the whole that a snapshot may take while it waits for the disk.
    private static let snapshotShare = 16
    /// What a message in one of librdkafka's queues takes besides its bytes.
    private static let messageOverhead = 1_024
    /// What fetched batches may take when they are unpacked, which librdkafka does with all of an
    /// answer at once, for each byte at the broker: JSON packs to a tenth or so, long runs to less.
    private static let unpackedRatio = 64
    /// Fetched of a partition at a time, at least: about one batch.
    private static let fetchedLaneBytesMin = 16 << 10
    /// Of an entity besides its row: the index while it grows.
    private static let indexBytes = 96
    /// Of an event that waits for its label besides its vector; of an id that is remembered.
    private static let pendingBytes = 192
    private static let resolvedBytes = 104
    /// Of each entry of the vector's space, for a model and for what it learns.
    private static let weightBytes = 64
    private static let stateBytesMin = 8 << 20
    /// Retained events for each entity, where the file says nothing.
    private static let eventsPerEntity = 50

    /// Nil where the project grants no certain memory.
    init?(_ project: ProjectFile, _ plan: FeaturePlan, partitions: Int, workers: Int = 1) {
        guard let bytes = project.limits.memoryBytes else { return nil }
        self.bytes = bytes
        self.workers = workers
        self.partitions = partitions
        self.project = project
        self.plan = plan
    }

    /// For a process of the service, which asks its broker for the number of partitions.
    static func ofService(
        _ project: ProjectFile, _ plan: FeaturePlan, workers: Int = 1
    ) throws -> MemoryBudget? {
        guard project.limits.memoryBytes != nil else { return nil }
        let patience = project.workerSettings(plan).connectPatience
        let admin = try Admin(project.clientProperties)
        try admin.connect(within: patience)
        let partitions = try admin.describe(project.events.topic, within: patience).partitions
        return MemoryBudget(project, plan, partitions: partitions.count, workers: workers)
    }

    private var tasks: Int { project.isSpreadByKey(plan) ? max(1, partitions) : 1 }

    private var queueBytes: Int { bytes / Self.queueShare }

    private var snapshotBytes: Int {
        project.delivery.snapshots == nil ? 0 : bytes / Self.snapshotShare
    }

    /// Of a feature: a pane that waits, and what changes while it is compared aside.
    private static let asideSummaries = 2

    /// Statistics, model and what it learns, of one task.
    private var fixedBytes: Int {
        var fixed = plan.space.width * Self.weightBytes
        if project.model.learning.isEnabled {
            fixed += PipelineSettings.learnedByteCountMax(of: plan)
        }
        let watched = project.watchSettings?.windows
        guard project.observation.isEnabled || watched != nil else { return fixed }
        let columns = plan.features.count + 1
        var statistics = project.observation.statistics
        if let watched {
            let pane = watched.slideMillis
            statistics = (try? statistics.including(windowMillis: pane)) ?? statistics
            let summaries = watched.summariesPerFeature + Self.asideSummaries
            fixed += summaries * columns * statistics.summaryByteCountMax
        }
        fixed += statistics.byteCountMax(
            columns: columns, isSegmented: project.observation.segment != nil,
            buckets: plan.space.width - plan.space.numericCount)
        return fixed
    }

    /// How often a task's state may be there: twice while features are backfilled.
    private var states: Int {
        project.model.compute == .weighed && project.model.registry != nil ? 2 : 1
    }

    /// What is left for one task's windows and waiting events.
    private var stateBytes: Int {
        let base =
            Self.baseBytes + workers * Self.workerBytes + 2 * queueBytes
            + snapshotBytes
        return ((bytes - base) / tasks - fixedBytes) / states
    }

    /// The smallest budget that the project can have.
    var leastBytes: Int {
        let needed =
            (Self.stateBytesMin * states + fixedBytes) * tasks + Self.baseBytes
            + workers * Self.workerBytes
        // What is left beside two shares of queues and one of a snapshot.
        let parts = Self.queueShare * Self.snapshotShare
        let taken =
            2 * Self.snapshotShare + (project.delivery.snapshots == nil ? 0 : Self.queueShare)
        return (needed * parts + parts - taken - 1) / (parts - taken)
    }

    /// The project with limits under which its state keeps within the budget.
    func bounded() throws(Failure) -> ProjectFile {
        guard stateBytes >= Self.stateBytesMin else {
            throw Failure(
                .configuration,
                "limits.memory: found \(Self.text(bytes)); expected at least "
                    + "\(Self.text(leastBytes)) for \(tasks) tasks of "
                    + "\(plan.features.count) features")
        }
        var bounded = project
        let pending = project.labels == nil ? 0 : stateBytes / 3
        try bound(&bounded.limits.features, within: stateBytes - pending)
        if pending > 0 { try bound(&bounded.limits.pending, within: pending) }
        return bounded
    }

    private func bound(_ limits: inout FeatureLimits, within share: Int) throws(Failure) {
        let costs = plan.stateCosts
        let given = project.limits.given
        let entity = costs.reduce(0) {
            $0 + $1.entityBytes + Self.indexBytes + 8 * $1.eventBytes
        }
        let event = costs.reduce(0) { $0 + $1.eventBytes }
        guard entity > 0 else { return }
        switch (given.contains("entitiesMax"), given.contains("retainedEventsMax")) {
        case (true, true): break
        case (true, false):
            let room = share - limits.entitiesMax * entity
            if event > 0 { limits.retainedEventsMax = min(limits.retainedEventsMax, room / event) }
        case (false, true):
            let room = share - limits.retainedEventsMax * event
            limits.entitiesMax = min(limits.entitiesMax, room / entity)
        case (false, false):
            let together = entity + Self.eventsPerEntity * event
            limits.entitiesMax = min(limits.entitiesMax, share / together)
            limits.retainedEventsMax = min(
                limits.retainedEventsMax, limits.entitiesMax * Self.eventsPerEntity)
        }
        let needed = limits.entitiesMax * entity + limits.retainedEventsMax * event
        guard needed <= share, limits.entitiesMax > 0, limits.retainedEventsMax > 0 else {
            throw misfit("entitiesMax and retainedEventsMax", needed, share)
        }
    }

    private func bound(
        _ limits: inout PendingLabels.Limits, within share: Int
    ) throws(Failure) {
        let given = project.limits.given
        if !given.contains("resolvedMax") {
            limits.resolvedMax = min(limits.resolvedMax, share / 4 / Self.resolvedBytes)
        }
        let resolved = limits.resolvedMax * Self.resolvedBytes
        if !given.contains("pendingMax") {
            limits.pendingMax = min(
                limits.pendingMax, max(0, share - resolved) / 2 / Self.pendingBytes)
        }
        let left = share - resolved - limits.pendingMax * Self.pendingBytes
        if !given.contains("pendingBytesMax") {
            limits.vectorBytesMax = min(limits.vectorBytesMax, left)
        }
        guard limits.vectorBytesMax <= left, limits.pendingMax > 0 else {
            throw misfit(
                "pendingMax, pendingBytesMax and resolvedMax",
                share - left + limits.vectorBytesMax, share)
        }
    }

    private func misfit(_ names: String, _ needed: Int, _ share: Int) -> Failure {
        Failure(
            .configuration,
            "limits: \(names) may take \(Self.text(max(0, needed))) a task; expected at most "
                + "\(Self.text(share)), its share of `memory: \(Self.text(bytes))` with \(tasks) "
                + "tasks")
    }

    /// Queues of the clients that stay within their shares; what the file says of librdkafka's
    /// properties goes first.
    func bound(_ settings: inout WorkerSettings) {
        let inputs = max(1, partitions) * (settings.labelsTopic == nil ? 1 : 2)
        let lane = max(queueBytes / inputs, 64 << 10)
        settings.consumer.setDefault(
            "queued.min.messages", "\(max(100, lane / 2 / Self.messageOverhead))")
        settings.consumer.setDefault("queued.max.messages.kbytes", "\(max(1, (lane / 4) >> 10))")
        let fetched = max(1 << 20, queueBytes / 4 / Self.unpackedRatio)
        settings.consumer.setDefault("fetch.max.bytes", "\(fetched)")
        let fetchedLane = max(Self.fetchedLaneBytesMin, lane / 4 / Self.unpackedRatio)
        settings.consumer.setDefault(
            "max.partition.fetch.bytes", "\(min(1 << 20, fetchedLane))")
        let out = queueBytes / max(1, workers)
        let messages = max(1_000, out / 2 / Self.messageOverhead)
        settings.producer.setDefault(
            "queue.buffering.max.messages", "\(min(100_000, messages))")
        settings.producer.setDefault("queue.buffering.max.kbytes", "\(max(1_024, (out / 4) >> 10))")
        settings.outstandingMax = min(settings.outstandingMax, messages / 2)
        settings.heldBytesMax = min(settings.heldBytesMax, out / 4)
        settings.batchBytesMax = min(settings.batchBytesMax, out / 8)
        if snapshotBytes > 0 {
            settings.snapshotBytesMax = min(
                settings.snapshotBytesMax, snapshotBytes / max(1, workers))
        }
    }

    /// `2GiB`, as project files write it.
    static func text(_ bytes: Int) -> String {
        for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes >= size {
            return bytes.isMultiple(of: size)
                ? "\(bytes / size)\(unit)"
                : "\(Numerals.fixed(Double(bytes) / Double(size), 1))\(unit)"
        }
        return "\(bytes)B"
    }
}
