import CReferenceLoop

/// The plain loop in C over the same topic.
struct ReferenceJob {
    let address: String
    let source: String
    let target: String

    /// - Parameter hasHeaders: whether each copy carries two headers, as a prediction does.
    func run(events: Int, hasHeaders: Bool) throws -> Throughput {
        let result = unsafe source.withCString { source in
            unsafe target.withCString { target in
                unsafe address.withCString { servers in
                    var job = unsafe creference_job(
                        bootstrap_servers: servers, source_topic: source,
                        source_partitions: Int32(BenchmarkBroker.partitions),
                        target_topic: target, records: Int64(events), seconds_max: 60)
                    return unsafe hasHeaders
                        ? creference_copy_with_headers(&job) : creference_copy(&job)
                }
            }
        }
        guard result.delivered == Int64(events) else {
            throw Undelivered(delivered: result.delivered, failed: result.failed)
        }
        let count = Double(events)
        return Throughput(
            eventsPerSecond: count / result.seconds,
            processorMicrosPerEvent: result.processor_seconds / count * 1e6)
    }

    struct Undelivered: Error {
        let delivered: Int64
        let failed: Int64
    }
}
