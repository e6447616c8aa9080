import Foundation

/// The handbook's payments of the first fifteen days, which stand beside the package, not in it.
enum HandbookData {
    struct Payments {
        var amounts: [Double] = []
        var secondsOfDay: [Double] = []
        var endMillis: Int64 = 0
    }

    private static var file: URL {
        let shared = ProcessInfo.processInfo.environment["ESPALIER_SHARED"]
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return
            (shared.map { URL(fileURLWithPath: $0) }
            ?? root.deletingLastPathComponent().appendingPathComponent("shared"))
            .appendingPathComponent("data/handbook/slices/first15d/transactions.csv.gz")
    }

    static var isPresent: Bool { FileManager.default.fileExists(atPath: file.path) }

    static func firstDays() throws -> Payments {
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "--decompress", "--stdout", file.path]
        gzip.standardOutput = output
        try gzip.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        var payments = Payments()
        for line in data.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let cells = line.split(separator: UInt8(ascii: ","))
            let time = Int64(String(decoding: cells[1], as: UTF8.self)) ?? 0
            payments.amounts.append(Double(String(decoding: cells[4], as: UTF8.self)) ?? .nan)
            payments.secondsOfDay.append(Double(time % 86_400_000) / 1_000)
            payments.endMillis = time + 1
        }
        return payments
    }
}
