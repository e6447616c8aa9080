import ArgumentParser
import Bytes

/// Measures the bars of the design, each as a ratio or a count within one run.
@main struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures throughput, memory and allocations against their bars.",
        discussion: """
            Costs are processor time of the measuring thread, medians over blocks; throughput of \
            the worker is wall time. ✓ and ✗ tell whether a bar is met.
            """)

    @Flag(
        help: "A few seconds of everything: tells that the benchmarks work, not how fast they are.")
    var quick = false

    @Option(parsing: .upToNextOption, help: "Only these benchmarks.")
    var only: [Benchmark] = Benchmark.allCases

    @Option(help: "A Kafka broker, host:port, in place of the embedded one.")
    var bootstrap: String?

    @Option(help: "Where the results are written as JSON.")
    var json = ".build/bench.json"

    func run() throws {
        let scale = quick ? Scale.quick : .full
        var report = BenchmarkReport(scale: scale)
        let log = try PaymentLog(scale.simulator())
        for benchmark in Benchmark.allCases where only.contains(benchmark) {
            let measurements = try measure(benchmark, scale, log)
            print(MeasurementTable.text(benchmark.title, measurements))
            report.append(benchmark, measurements)
        }
        try report.write(to: json)
    }

    private func measure(
        _ benchmark: Benchmark, _ scale: Scale, _ log: borrowing PaymentLog
    ) throws -> [Measurement] {
        switch benchmark {
        case .step: try StepBenchmark.measure(log, scale)
        case .stages: try StageBenchmark.measure(log, scale)
        case .windows: try WindowBenchmark.measure(log)
        case .score: try ScoreBenchmark.measure(scale)
        case .learn: try LearnBenchmark.measure(scale)
        case .train: try TrainBenchmark.measure(scale)
        case .decode: try DecodeBenchmark.measure(log, scale)
        case .expressions: try ExpressionBenchmark.measure(log, scale)
        case .statistics: try StatisticsBenchmark.measure(log, scale)
        case .demand: try DemandBenchmark.measure(log, scale)
        case .drift: try DriftBenchmark.measure(log, scale)
        case .lookup: try LookupBenchmark.measure(log, scale)
        case .snapshot: try SnapshotBenchmark.measure(scale, bootstrap: bootstrap)
        case .product: try ProductBenchmark.measure(scale)
        case .worker: try WorkerBenchmark.measure(scale, bootstrap: bootstrap)
        case .latency: try LatencyBenchmark.measure(scale, bootstrap: bootstrap)
        }
    }
}
