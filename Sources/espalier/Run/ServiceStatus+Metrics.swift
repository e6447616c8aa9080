internal import HTTP
internal import Histogram
internal import Registry
internal import Webhooks
internal import Worker

/// The status as Prometheus scrapes it.
extension ServiceStatus {
    func metrics(_ quality: Quality, _ model: ModelFollowerStatus?) -> [Metric] {
        var metrics = [phaseMetric, latencyMetric]
        metrics += recordMetrics
        metrics += stateMetrics
        metrics += limitMetrics
        metrics += quality.metrics
        if let model { metrics += model.metrics }
        return metrics
    }

    private var phaseMetric: Metric {
        var metric = Metric("espalier_phase", .gauge, "1 for what the service is at.")
        for phase in WorkerStatus.Phase.allCases {
            metric.add(phase == self.phase ? 1 : 0, ["phase": phase.rawValue])
        }
        return metric
    }

    private var recordMetrics: [Metric] {
        var rejected = Metric(
            "espalier_rejected_total", .counter, "Records that became dead letters, by reason.")
        for (reason, count) in rejections.sorted(by: { $0.key < $1.key }) {
            rejected.add(Double(count), ["reason": reason])
        }
        var troubles = Metric(
            "espalier_client_errors_total", .counter, "Errors of the Kafka client lived through.")
        for (name, count) in errors.sorted(by: { $0.key < $1.key }) {
            troubles.add(Double(count), ["error": name])
        }
        return [
            Metric(
                "espalier_events_total", .counter, "Events scored, replayed ones included.",
                Double(events)),
            Metric("espalier_labels_total", .counter, "Labels taken.", Double(labels)),
            Metric(
                "espalier_delivered_total", .counter, "Messages that the broker acknowledged.",
                Double(delivered)),
            Metric(
                "espalier_learned_total", .counter, "Examples that the model has learned from.",
                Double(learned)),
            rejected, troubles,
        ]
    }

    private var stateMetrics: [Metric] {
        [
            Metric("espalier_partitions", .gauge, "Partitions read here.", Double(partitionCount)),
            Metric("espalier_lag_records", .gauge, "Records still to be read.", Double(lag)),
            Metric(
                "espalier_outstanding_records", .gauge, "Messages not yet acknowledged.",
                Double(outstanding)),
            Metric(
                "espalier_replay_remaining_records", .gauge,
                "Records still to be stepped again after a start.", Double(replayRemaining)),
            Metric(
                "espalier_backfill_remaining_records", .gauge,
                "Records still to be stepped again for a promoted model.",
                Double(backfillRemaining)),
            Metric("espalier_entities", .gauge, "Entities in state.", Double(entities)),
            Metric("espalier_state_bytes", .gauge, "Bytes of windows.", Double(stateBytes)),
            Metric(
                "espalier_pending_predictions", .gauge, "Predictions that wait for their labels.",
                Double(pending)),
            Metric(
                "espalier_event_time_seconds", .gauge, "The newest event time, Unix epoch.",
                clock.map { Double($0) / 1_000 } ?? .nan),
        ]
    }

    private var limitMetrics: [Metric] {
        var metric = Metric(
            "espalier_limit_hits_total", .counter, "What was left out at a limit, by kind.")
        for kind in LimitCounts.Kind.allCases {
            metric.add(Double(limits[kind]), ["limit": kind.rawValue])
        }
        guard let webhooks else { return [metric] }
        var notifications = Metric(
            "espalier_notifications_total", .counter, "Notifications to webhooks, by outcome.")
        notifications.add(Double(webhooks.sent), ["outcome": "sent"])
        notifications.add(Double(webhooks.failed), ["outcome": "failed"])
        notifications.add(Double(webhooks.dropped), ["outcome": "dropped"])
        return [metric, notifications]
    }

    private var latencyMetric: Metric {
        var metric = Metric(
            "espalier_latency_seconds", .summary,
            "From taking a record to the broker's acknowledgement of its prediction.")
        for (quantile, percentile) in [("0.5", 50.0), ("0.99", 99), ("0.999", 99.9)] {
            metric.add(
                latencyMillis(percentile).map { $0 / 1_000 } ?? .nan, ["quantile": quantile])
        }
        metric.add(Double(latencyMicros.totalCount), suffix: "_count")
        metric.add(latencyMicros.mean * Double(latencyMicros.totalCount) / 1e6, suffix: "_sum")
        return metric
    }
}

extension Quality {
    /// Over the newest judged predictions.
    fileprivate var metrics: [Metric] {
        let numbers: [(String, String, Double?)] = [
            ("auc", "Area under the ROC curve", rocArea),
            ("average_precision", "Average precision", averagePrecision),
            ("log_loss", "Mean log loss", logLoss),
        ]
        var metrics = [
            Metric(
                "espalier_quality_examples", .gauge, "Judged predictions that quality is of.",
                Double(count))
        ]
        for (name, help, value) in numbers {
            guard let value, value.isFinite else { continue }
            metrics.append(
                Metric(
                    "espalier_quality_\(name)", .gauge,
                    "\(help) of the newest judged predictions.", value))
        }
        return metrics
    }
}

extension ModelFollowerStatus {
    fileprivate var metrics: [Metric] {
        var serving = Metric("espalier_model_info", .gauge, "The version that scores.")
        serving.add(1, ["version": version.reference, "digest": version.digest])
        return [
            serving,
            Metric(
                "espalier_model_switches_total", .counter, "Changes of the model while it runs.",
                Double(switches)),
            Metric(
                "espalier_model_refusals_total", .counter, "Versions that were refused.",
                Double(refusals)),
            Metric(
                "espalier_scale_warnings", .gauge,
                "Features whose scale is far from the model's scaler.", Double(warnings.count)),
        ]
    }
}
