internal import Features
internal import Kafka
internal import Model
internal import Pipeline

/// The model comes from outside, between batches.
extension StreamWorker {
    /// Gives every task the model of the slot, where there is a slot, and notes from which offsets
    /// on it scores. Batches of earlier runs are scored by the models that their journal names; a
    /// task whose journal has just been read has its model before its first batch.
    mutating func takeModel() {
        guard let slot = settings.models else { return }
        let model = slot.model
        for (number, task) in tasks where !task.isReplaying {
            if task.pipeline.model.version == model.version {
                backfills[number] = nil
            } else {
                serve(model, task, slot)
            }
            observeScale(task)
        }
    }

    /// Shows the last vector that was scored to the slot.
    func observeScale(_ task: StreamTask<StreamInput>) {
        settings.models?.observe(
            task.pipeline.vector, ofTask: task.number, events: task.pipeline.counts.events,
            width: pipelineSettings.plan.space.numericCount)
    }

    /// Notes that tasks score no more.
    func releaseModel() {
        guard let slot = settings.models else { return }
        for task in tasks.values {
            slot.note(ModelSwitch(version: nil, positions: scored(task)))
        }
    }

    /// Where a task's next prediction comes from.
    func scored(_ task: StreamTask<StreamInput>) -> [PartitionOffset] {
        task.inputs.filter { $0.partition.topic == settings.eventsTopic }.map {
            PartitionOffset($0.partition, max($0.position, $0.committed))
        }
    }
}
