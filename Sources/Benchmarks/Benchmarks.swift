import Bytes
import Pipeline
import Simulation

@main
enum Benchmarks {
    static func main() throws {
        var settings = SimulationSettings()
        settings.startsWarm = true
        settings.days = 90
        let simulator = try PaymentSimulator(settings, seed: 7)
        var writer = ByteWriter(reservingCapacity: 300 << 20)
        var records: [(origin: RecordOrigin, range: Range<Int>)] = []
        for record in simulator {
            let start = writer.count
            record.append(.json, to: &writer)
            let stream: RecordOrigin.Stream = if case .label = record { .labels } else { .events }
            records.append(
                (RecordOrigin(stream: stream, partition: 0, offset: Int64(records.count),
                    timestampMillis: record.timeMillis), start..<writer.count))
        }
        var pipeline = try Pipeline(HandbookProject.settings())
        var outbox = Outbox()
        var slice = 0
        let third = records.count / 3
        for part in 0..<3 {
            let ns = ThreadTime.nanoseconds {
                for index in part * third..<(part + 1) * third {
                    pipeline.step(
                        records[index].origin, key: nil,
                        value: writer.bytes.extracting(records[index].range), into: &outbox)
                    slice += 1
                    if slice == 1_000 { outbox.removeAll(); slice = 0 }
                }
            }
            print("part \(part): \(ns / Double(third)) ns a record, \(third) records")
        }
        print(pipeline.status)
    }
}
